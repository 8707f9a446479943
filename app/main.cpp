// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/widgets/theme.h"
#include "app/window/main_window.h"
#include "app/window/picture_maker.h"
#include "app/window/settings.h"
#include "core/base/system.h"

#include <QApplication>
#include <QCommandLineParser>
#include <QLibraryInfo>
#include <QRegularExpression>
#include <QTextStream>
#include <QTranslator>

#include <cstdio>
#include <memory>
#include <optional>

using namespace halftone::app;

namespace {

constexpr int kWrongUsage = 2;

/// The options are read before the window's language is known, so they are in English, as the manual page is.
struct Options {
    QCommandLineOption language{QStringLiteral("language"), QStringLiteral("Language of the window: en or de."), QStringLiteral("code")};
    QCommandLineOption theme{QStringLiteral("theme"), QStringLiteral("light, dark or system."), QStringLiteral("scheme")};
    QCommandLineOption render{QStringLiteral("render"), QStringLiteral("Draw every screen on MODEL into PNG files in this folder and exit."), QStringLiteral("folder")};
    QCommandLineOption size{QStringLiteral("size"), QStringLiteral("Size of the window, for example 1440x900."), QStringLiteral("WxH")};
};

void parse(QCommandLineParser& parser, const Options& options, const QCoreApplication& application)
{
    parser.setApplicationDescription(QStringLiteral("Shows what every bit of a language model costs."));
    parser.addHelpOption();
    parser.addVersionOption();
    parser.addOptions({options.language, options.theme, options.render, options.size});
    parser.addPositionalArgument(QStringLiteral("MODEL"), QStringLiteral("A .gguf file, any part of a split one, or a Hugging Face folder."), QStringLiteral("[MODEL]"));
    parser.process(application);
}

std::optional<Scheme> schemeOf(const QString& name)
{
    if (name == QLatin1String("light"))
        return Scheme::Light;
    if (name == QLatin1String("dark"))
        return Scheme::Dark;
    return name.isEmpty() || name == QLatin1String("system") ? std::optional(Scheme::System) : std::nullopt;
}

std::optional<QSize> sizeOf(const QString& text)
{
    static const QRegularExpression pattern(QStringLiteral("^(\\d{3,5})x(\\d{3,5})$"));
    const auto match = pattern.match(text);
    return match.hasMatch() ? std::optional(QSize(match.captured(1).toInt(), match.captured(2).toInt())) : std::nullopt;
}

/// False if there is no such translation.
bool installTranslation(QApplication& application, const QLocale& locale, const QString& name, const QString& folder)
{
    auto translator = std::make_unique<QTranslator>(&application);
    if (!translator->load(locale, name, QStringLiteral("_"), folder) || !application.installTranslator(translator.get()))
        return false;
    static_cast<void>(translator.release());   // the application owns it
    return true;
}

void installLanguage(QApplication& application, const QString& code)
{
    const QLocale locale = code.isEmpty() ? QLocale::system() : QLocale(code);
    const QString own = QStringLiteral(":/i18n");
    QLocale::setDefault(locale);
    installTranslation(application, locale, QStringLiteral("qtbase"), QLibraryInfo::path(QLibraryInfo::TranslationsPath));
    // The texts are English; its file knows the plurals, for every language that has no file.
    if (!installTranslation(application, locale, QStringLiteral("halftone"), own))
        installTranslation(application, QLocale(QLocale::English), QStringLiteral("halftone"), own);
}

int wrong(const QString& sentence)
{
    QTextStream(stderr) << "halftone: " << sentence << Qt::endl;
    return kWrongUsage;
}

}  // namespace

int main(int argc, char** argv)
{
    QCommandLineParser parser;
    const Options options;
    {
        // Help, version and wrong options are answered without a display.
        QCoreApplication early(argc, argv);
        QCoreApplication::setApplicationName(QStringLiteral("halftone"));
        QCoreApplication::setApplicationVersion(QStringLiteral(HALFTONE_VERSION));
        parse(parser, options, early);
    }
    if (parser.positionalArguments().size() > 1)
        return wrong(QStringLiteral("one MODEL at most"));

    // Pictures are drawn the same with and without a display.
    if (parser.isSet(options.render) && qEnvironmentVariableIsEmpty("QT_QPA_PLATFORM"))
        qputenv("QT_QPA_PLATFORM", "offscreen");
    halftone::allowManyOpenFiles();
    QApplication application(argc, argv);
    QApplication::setApplicationName(QStringLiteral("halftone"));
    QApplication::setApplicationDisplayName(QStringLiteral("Halftone"));
    QApplication::setApplicationVersion(QStringLiteral(HALFTONE_VERSION));
    QApplication::setDesktopFileName(QStringLiteral("io.github.halftone.Halftone"));
    const Settings settings;
    const auto asked = [&](const QCommandLineOption& option, const char* key) { return parser.isSet(option) ? parser.value(option) : settings.value(QLatin1String(key)).toString(); };
    const auto scheme = schemeOf(asked(options.theme, "theme"));
    if (!scheme)
        return wrong(QStringLiteral("--theme is light, dark or system"));
    const auto size = sizeOf(parser.value(options.size));
    if (parser.isSet(options.size) && !size)
        return wrong(QStringLiteral("--size is WIDTHxHEIGHT, for example 1440x900"));
    installLanguage(application, asked(options.language, "language"));
    applyTheme(application, *scheme);

    MainWindow window;
    const QString model = parser.positionalArguments().value(0);
    if (parser.isSet(options.render)) {
        window.resize(size.value_or(QSize(1440, 900)));
        window.show();
        PictureMaker maker(window, parser.value(options.render), model);
        QObject::connect(&maker, &PictureMaker::finished, &application, &QCoreApplication::exit);
        maker.start();
        return QApplication::exec();
    }
    if (size)
        window.resize(*size);
    window.show();
    if (!model.isEmpty())
        window.openPath(model);
    return QApplication::exec();
}
