// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/settings.h"
#include "app/window/start_page.h"

#include <QTemporaryDir>
#include <QtTest>

using namespace halftone::app;

class TestSettings : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;

private Q_SLOTS:
    void initTestCase()
    {
        QSettings::setPath(QSettings::IniFormat, QSettings::UserScope, m_folder.path());
        QLocale::setDefault(QLocale::c());
    }

    void init() { QSettings(QSettings::IniFormat, QSettings::UserScope, QStringLiteral("halftone"), QStringLiteral("halftone")).clear(); }

    void recentModelsAreTheNewestTenEachOnce()
    {
        Settings settings;
        QVERIFY(settings.recent().isEmpty());
        for (int i = 0; i < 12; ++i)
            settings.addRecent(QStringLiteral("/m%1.gguf").arg(i), quint64(i) << 33);
        settings.addRecent(QStringLiteral("/m5.gguf"), 7);
        const auto recent = Settings().recent();   // as the next start reads them
        QCOMPARE(recent.size(), 10);
        QCOMPARE(recent[0].path, QStringLiteral("/m5.gguf"));
        QCOMPARE(recent[0].bytes, quint64(7));
        QCOMPARE(recent[1].path, QStringLiteral("/m11.gguf"));
        QCOMPARE(recent[1].bytes, quint64(11) << 33);
        QCOMPARE(std::ranges::count(recent, QStringLiteral("/m5.gguf"), &RecentModel::path), 1);
    }

    void recentModelsCanBeForgotten()
    {
        Settings settings;
        settings.addRecent(QStringLiteral("/a.gguf"), 1);
        settings.addRecent(QStringLiteral("/b.gguf"), 1);
        settings.removeRecent(QStringLiteral("/a.gguf"));
        QCOMPARE(settings.recent().size(), 1);
        settings.clearRecent();
        QVERIFY(settings.recent().isEmpty());
    }

    void unfinishedFilesAreNotedOnceUntilTheyEnd()
    {
        Settings settings;
        settings.addUnfinished({QStringLiteral("/out.gguf"), QStringLiteral("/in.gguf"), QStringLiteral("{\"base\": \"Q8_0\"}")});
        settings.addUnfinished({QStringLiteral("/other.gguf"), QStringLiteral("/in.gguf"), QStringLiteral("{}")});
        settings.addUnfinished({QStringLiteral("/out.gguf"), QStringLiteral("/in, two.gguf"), QStringLiteral("{\"a\": [1, 2]}"),
                                {QStringLiteral("/some text.txt"), true}});
        const auto files = Settings().unfinished();
        QCOMPARE(files.size(), 2);
        QCOMPARE(files[1].destination, QStringLiteral("/out.gguf"));
        QCOMPARE(files[1].source, QStringLiteral("/in, two.gguf"));
        QCOMPARE(files[1].recipe, QStringLiteral("{\"a\": [1, 2]}"));
        QCOMPARE(files[1].importance.path, QStringLiteral("/some text.txt"));
        QVERIFY(files[1].importance.isText);
        QVERIFY(files[0].importance.path.isEmpty() && !files[0].importance.isText);
        settings.removeUnfinished(QStringLiteral("/out.gguf"));
        QCOMPARE(Settings().unfinished().size(), 1);
    }

    void settingsOfANewerProgramStartAfresh()
    {
        Settings().setValue(QStringLiteral("theme"), QStringLiteral("dark"));
        QCOMPARE(Settings().value(QStringLiteral("theme")).toString(), QStringLiteral("dark"));
        Settings().setValue(QStringLiteral("version"), 1000);
        QVERIFY(!Settings().value(QStringLiteral("theme")).isValid());
    }

    void daysAreNamedAsPeopleDo()
    {
        const QDateTime now(QDate(2026, 3, 12), QTime(0, 5));
        QCOMPARE(dayText(now.addSecs(-60), now), QStringLiteral("today"));
        QCOMPARE(dayText(now.addSecs(-600), now), QStringLiteral("yesterday"));   // the date counts, not the hours
        QCOMPARE(dayText(now.addDays(-3), now), QStringLiteral("Monday"));
        QVERIFY(dayText(now.addDays(-20), now).contains(QStringLiteral("February")));
        QVERIFY(dayText(now.addYears(-2), now).contains(QStringLiteral("24")));
    }
};

QTEST_APPLESS_MAIN(TestSettings)
#include "tst_settings.moc"
