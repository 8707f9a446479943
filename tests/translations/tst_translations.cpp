// SPDX-License-Identifier: GPL-3.0-or-later
// The window's texts: nothing untranslated, nothing stale, no placeholder lost.
#include "app/widgets/format_text.h"
#include "app/window/workspace.h"

#include <QProcess>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTranslator>
#include <QXmlStreamReader>
#include <QtTest>

using namespace halftone::app;

namespace {

const QString kSource = QStringLiteral(SOURCE_DIR);

struct Message {
    QString context, source, type;
    QStringList translations;   ///< several where the number counts
};

QList<Message> messagesOf(const QString& path)
{
    QFile file(path);
    QList<Message> messages;
    if (!file.open(QIODevice::ReadOnly))
        return messages;
    QXmlStreamReader xml(&file);
    QString context;
    while (!xml.atEnd()) {
        xml.readNext();
        if (!xml.isStartElement())
            continue;
        if (xml.name() == QLatin1String("name"))
            context = xml.readElementText();
        else if (xml.name() == QLatin1String("source"))
            messages.append({context, xml.readElementText(), {}, {}});
        else if (xml.name() == QLatin1String("translation")) {
            messages.last().type = xml.attributes().value(QLatin1String("type")).toString();
            const QString text = xml.readElementText(QXmlStreamReader::IncludeChildElements);
            if (!text.trimmed().isEmpty() && !text.startsWith(QLatin1Char('\n')))
                messages.last().translations << text;
            else
                for (const QString& form : text.split(QLatin1Char('\n')))
                    if (!form.trimmed().isEmpty())
                        messages.last().translations << form.trimmed();
        }
    }
    return messages;
}

QSet<QString> placeholders(const QString& text)
{
    static const QRegularExpression pattern(QStringLiteral("%(n|\\d)"));
    QSet<QString> found;
    for (auto match = pattern.globalMatch(text); match.hasNext();)
        found.insert(match.next().captured());
    return found;
}

QSet<QString> keys(const QList<Message>& messages)
{
    QSet<QString> found;
    for (const Message& message : messages)
        found.insert(message.context + QLatin1Char('/') + message.source);
    return found;
}

}  // namespace

class TestTranslations : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void everyTextIsTranslatedWithItsPlaceholders_data()
    {
        QTest::addColumn<QString>("file");
        QTest::newRow("German") << kSource + QStringLiteral("/translations/halftone_de.ts");
        QTest::newRow("English plurals") << kSource + QStringLiteral("/translations/halftone_en.ts");
    }
    void everyTextIsTranslatedWithItsPlaceholders()
    {
        QFETCH(QString, file);
        const auto messages = messagesOf(file);
        QVERIFY(messages.size() > 10);
        for (const Message& message : messages) {
            QVERIFY2(message.type.isEmpty(), qPrintable(message.type + QStringLiteral(": ") + message.source));
            QVERIFY2(!message.translations.isEmpty(), qPrintable(message.source));
            for (const QString& translation : message.translations)
                QVERIFY2(placeholders(translation) == placeholders(message.source), qPrintable(message.source));
        }
    }

    void theSourcesHoldNoOtherTexts()
    {
        if (!QFileInfo::exists(QStringLiteral(LUPDATE)))
            QSKIP("lupdate is not installed");
        const QTemporaryDir folder;
        const QString fresh = folder.filePath(QStringLiteral("fresh.ts"));
        QCOMPARE(QProcess::execute(QStringLiteral(LUPDATE), {QStringLiteral("-silent"), QStringLiteral("-I"), kSource, kSource + QStringLiteral("/app"), QStringLiteral("-ts"), fresh}), 0);
        const auto now = keys(messagesOf(fresh)), translated = keys(messagesOf(kSource + QStringLiteral("/translations/halftone_de.ts")));
        QVERIFY(!now.isEmpty());
        QVERIFY2((now - translated).isEmpty(), qPrintable(QStringLiteral("not collected yet: ") + QStringList((now - translated).values()).join(QStringLiteral("; "))));
        QVERIFY2((translated - now).isEmpty(), qPrintable(QStringLiteral("no longer used: ") + QStringList((translated - now).values()).join(QStringLiteral("; "))));
    }

    void theProgramSpeaksGerman()
    {
        QTranslator german;
        QVERIFY(german.load(QLocale(QLocale::German), QStringLiteral("halftone"), QStringLiteral("_"), QStringLiteral(":/i18n")));
        QCoreApplication::installTranslator(&german);
        // One class, one translated by its name alone, one function outside of classes.
        QCOMPARE(Workspace::tr("sample model"), QStringLiteral("Beispielmodell"));
        QCOMPARE(stageText("reading"), QStringLiteral("Lesen"));
        QCOMPARE(exactBytesText(5), QStringLiteral("5 Bytes"));
        QCoreApplication::removeTranslator(&german);
        QCOMPARE(stageText("reading"), QStringLiteral("reading"));
    }

    void numbersHaveTheirPlural()
    {
        QTranslator english;
        QVERIFY(english.load(QLocale(QLocale::English), QStringLiteral("halftone"), QStringLiteral("_"), QStringLiteral(":/i18n")));
        QCoreApplication::installTranslator(&english);
        const auto threads = [](int n) { return QCoreApplication::translate("halftone::app::StatusLine", "%n thread(s)", nullptr, n); };
        QCOMPARE(threads(1), QStringLiteral("1 thread"));
        QCOMPARE(threads(2), QStringLiteral("2 threads"));
    }
};

QTEST_MAIN(TestTranslations)
#include "tst_translations.moc"
