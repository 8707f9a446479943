// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/jobs/job_manager.h"
#include "app/widgets/format_text.h"
#include "app/window/device_box.h"
#include "app/window/devices.h"
#include "app/window/quantize_dialog.h"
#include "app/window/settings.h"
#include "app/window/workspace.h"
#include "core/model/model.h"
#include "core/plan/importance.h"
#include "core/plan/importance_file.h"
#include "core/write/journal.h"
#include "core/write/resume.h"

#include <QCheckBox>
#include <QLabel>
#include <QPointer>
#include <QPushButton>
#include <QSettings>
#include <QTemporaryDir>
#include <QtTest>

using namespace halftone;
using namespace halftone::app;

namespace {

const QString kSample = QStringLiteral(SAMPLE_DIR "/fairytale-7m-f16.gguf");

}  // namespace

class TestQuantizeDialog : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder, m_settings;
    std::unique_ptr<Workspace> m_workspace;
    QPointer<QuantizeDialog> m_dialog;   // deletes itself

    void open(const QString& path)
    {
        m_workspace->open(path.toStdString());
        QTRY_VERIFY(m_workspace->model() && m_workspace->jobs().idle());
    }

    void showDialog()
    {
        m_dialog = new QuantizeDialog(*m_workspace);
        m_dialog->show();
        settle();
    }

    /// Until the dialog has heard what the disk says.
    void settle() { QTRY_VERIFY_WITH_TIMEOUT(m_workspace->jobs().idle(), 60'000); }
    void chooseFile(const QString& file)
    {
        m_dialog->setDestination(file);
        settle();
    }

    QPushButton* button(const QString& text) const
    {
        const auto buttons = m_dialog->findChildren<QPushButton*>();
        const auto found = std::ranges::find_if(buttons, [&](const QPushButton* each) { return each->text() == text && each->isVisible(); });
        return found == buttons.end() ? nullptr : *found;
    }

    bool says(const QString& words) const
    {
        const auto labels = m_dialog->findChildren<QLabel*>();
        return std::ranges::any_of(labels, [&](const QLabel* label) { return label->isVisible() && label->text().contains(words); });
    }

    QLabel* link(const QString& target) const
    {
        const auto labels = m_dialog->findChildren<QLabel*>();
        const QString reference = QStringLiteral("href='%1'").arg(target);
        const auto found = std::ranges::find_if(labels, [&](const QLabel* label) { return label->text().contains(reference); });
        return found == labels.end() ? nullptr : *found;
    }

    /// As a file of its own.
    QString writeImportance(const plan::ImportanceMatrix& matrix) const
    {
        plan::ImportanceSums sums;
        for (const auto& [name, values] : matrix.columns)
            sums.tensors[name] = {values, {1.0f}};
        const QString file = m_folder.filePath(QStringLiteral("imatrix <1>.gguf"));
        plan::writeImportanceSums(sums, file.toStdString());
        return file;
    }

    bool canStart() const { return button(QStringLiteral("Quantize"))->isEnabled(); }

    /// As the user does: the last entries are the devices.
    void chooseDevice(const QString& data)
    {
        auto* box = m_dialog->findChild<DeviceBox*>();
        box->setCurrentIndex(box->findData(data));
        Q_EMIT box->activated(box->currentIndex());
    }

private Q_SLOTS:
    void initTestCase() { QSettings::setPath(QSettings::IniFormat, QSettings::UserScope, m_settings.path()); }

    void init()
    {
        m_workspace = std::make_unique<Workspace>();
        open(kSample);
        showDialog();
        chooseFile(m_folder.filePath(QStringLiteral("out.gguf")));
    }

    void cleanup()
    {
        delete m_dialog.data();
        m_workspace.reset();
        QFile::remove(m_folder.filePath(QStringLiteral("out.gguf")));
    }

    void whatADeadRunLeftIsToldAndCanBeRemoved()
    {
        QFile part(m_folder.filePath(QStringLiteral("left.gguf.part")));
        QVERIFY(part.open(QIODevice::WriteOnly));
        part.close();
        chooseFile(m_folder.filePath(QStringLiteral("left.gguf")));
        QVERIFY(says(QStringLiteral("An earlier run stopped here")));
        Q_EMIT link(QStringLiteral("remove"))->linkActivated(QStringLiteral("remove"));
        settle();
        QVERIFY(!part.exists());
        QVERIFY(!says(QStringLiteral("An earlier run stopped here")));
    }

    void whatADeadRunFinishedCanBeContinued()
    {
        const std::filesystem::path part = m_folder.filePath(QStringLiteral("out.gguf.part")).toStdString();
        const model::Tensor& tensor = m_workspace->model()->tensors()[0];
        const plan::Choice& choice = m_workspace->plan().choices[0];
        {
            QFile file(m_folder.filePath(QStringLiteral("out.gguf.part")));
            QVERIFY(file.open(QIODevice::WriteOnly) && file.resize(qint64(choice.bytes)));
        }
        write::FinishedTensor finished{tensor.name, tensor.type, choice.type, {}, "a digest", "another", 0, choice.bytes, 0};
        write::writeJournal(part, {std::string(write::programVersion()), "a layout", {finished}});
        chooseFile(m_folder.filePath(QStringLiteral("out.gguf")));
        QVERIFY(says(bytesText(choice.bytes)));
        QVERIFY(button(QStringLiteral("Continue")));
        m_workspace->applyBase(QStringLiteral("Q8_0"));   // another type for that tensor
        settle();
        QVERIFY(says(QStringLiteral("nothing that this recipe can use")));
        QVERIFY(button(QStringLiteral("Quantize")));
        write::removeLeftover(m_folder.filePath(QStringLiteral("out.gguf")).toStdString());
    }

    void verifyingCanBeSwitchedOff()
    {
        const auto boxes = m_dialog->findChildren<QCheckBox*>();
        const auto verify = std::ranges::find_if(boxes, [](const QCheckBox* box) { return box->text().startsWith(QStringLiteral("Verify")); });
        QVERIFY(verify != boxes.end());
        QVERIFY((*verify)->isChecked());
        (*verify)->setChecked(false);
        QTest::mouseClick(button(QStringLiteral("Quantize")), Qt::LeftButton);
        QTRY_VERIFY(says(QStringLiteral("is complete")));
        QVERIFY(!says(QStringLiteral("verified")));
    }

    void proposesANameAndShowsTheExactSize()
    {
        showDialog();
        QVERIFY(m_dialog->destination().endsWith(QStringLiteral("fairytale-7m-Q4_K_M.gguf")));
        QVERIFY(says(exactBytesText(m_workspace->plan().fileBytes)));
        m_workspace->applyBase(QStringLiteral("Q8_0"));   // an edit behind the dialog is seen at once
        QVERIFY(says(exactBytesText(m_workspace->plan().fileBytes)));
    }

    void refusesTheModelItselfEvenThroughALink()
    {
        QVERIFY(canStart());
        chooseFile(kSample);
        QVERIFY(!canStart());
        QVERIFY(says(QStringLiteral("never overwritten")));
        const QString link = m_folder.filePath(QStringLiteral("link.gguf"));
        QVERIFY(QFile::link(kSample, link));
        chooseFile(link);
        QVERIFY(!canStart());
    }

    void refusesAMissingFolder()
    {
        chooseFile(m_folder.filePath(QStringLiteral("nowhere/out.gguf")));
        QVERIFY(!canStart());
        QVERIFY(says(QStringLiteral("nowhere")));
        chooseFile(m_folder.path());
        QVERIFY(!canStart());
    }

    void cancelLeavesNothingBehind()
    {
        QTest::mouseClick(button(QStringLiteral("Quantize")), Qt::LeftButton);
        QTest::mouseClick(button(QStringLiteral("Cancel")), Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(says(QStringLiteral("Cancelled")), 60'000);
        QTRY_VERIFY(m_workspace->jobs().idle());
        QVERIFY(QDir(m_folder.path()).entryList({QStringLiteral("out*")}, QDir::Files | QDir::Hidden).isEmpty());
    }

    void closedWhileItRunsItComesBackWithTheResult()
    {
        QTest::mouseClick(button(QStringLiteral("Quantize")), Qt::LeftButton);
        QCOMPARE(Settings().unfinished().size(), 1);
        m_dialog->close();
        QVERIFY(m_dialog && !m_dialog->isVisible());
        QTRY_VERIFY(m_dialog->isVisible());
        QVERIFY(says(QStringLiteral("is complete and verified")));
        QVERIFY(Settings().unfinished().isEmpty());
        QVERIFY(QFileInfo::exists(m_folder.filePath(QStringLiteral("out.gguf"))));
        m_dialog->close();
        QTRY_VERIFY(!m_dialog);
    }

    void theChosenDeviceQuantizesAndIsNamed()
    {
        m_workspace->devices().discover(m_workspace->jobs());
        QTRY_VERIFY(m_workspace->devices().found());
        if (m_workspace->devices().found()->devices.empty())
            QSKIP("no Vulkan device");
        const QString name = QString::fromStdString(m_workspace->devices().found()->devices.front().name);
        chooseDevice(name);
        QCOMPARE(m_workspace->devices().target().name, name);
        QSignalSpy written(m_dialog, &QuantizeDialog::written);
        QTest::mouseClick(button(QStringLiteral("Quantize")), Qt::LeftButton);
        QTRY_COMPARE_WITH_TIMEOUT(written.count(), 1, 60000);
        QVERIFY(says(QStringLiteral("on ") + name));
        m_workspace->devices().choose(kCpuDevice);
        QVERIFY(!m_workspace->devices().target().index);
    }

    void aChosenDeviceThatIsGoneIsAsAutomatic()
    {
        m_workspace->devices().choose(QStringLiteral("A card of last year"));
        m_workspace->devices().discover(m_workspace->jobs());
        QTRY_VERIFY(m_workspace->devices().found());
        const auto& devices = m_workspace->devices().found()->devices;
        const bool hardware = !devices.empty() && devices.front().kind != gpu::Device::Kind::Software;
        QCOMPARE(m_workspace->devices().target().index.has_value(), hardware);
        m_workspace->devices().choose(kAutomaticDevice);
    }

    void aRunThatUsedAnImportanceMatrixAsksForIt_data()
    {
        QTest::addColumn<bool>("isText");
        QTest::newRow("of a file") << false;
        QTest::newRow("made of a text") << true;
    }
    void aRunThatUsedAnImportanceMatrixAsksForIt()
    {
        QFETCH(bool, isText);
        const QString text = m_folder.filePath(QStringLiteral("a & b.txt"));
        QFile file(text);
        QVERIFY(file.open(QIODevice::WriteOnly) && file.write(QByteArray("Once upon a time there was a girl. ").repeated(200)) > 0);
        file.close();
        m_workspace->makeImportance(text.toStdString());
        settle();
        QVERIFY(m_workspace->importance());
        QCOMPARE(m_workspace->importanceOrigin().path, text);
        QVERIFY(m_workspace->importanceOrigin().isText);
        const auto made = m_workspace->importance();
        const QString origin = isText ? text : writeImportance(*made);

        const QString out = m_folder.filePath(QStringLiteral("weighted.gguf"));
        QFile part(out + QStringLiteral(".part"));
        QVERIFY(part.open(QIODevice::WriteOnly));
        Settings().addUnfinished({out, kSample, QStringLiteral("{}"), {origin, isText}});
        chooseFile(out);
        QVERIFY(!says(QStringLiteral("importance matrix")));  // there is one
        m_workspace->setImportance(nullptr);
        settle();
        QVERIFY(says(QStringLiteral("with the importance matrix ") + QFileInfo(origin).fileName().toHtmlEscaped()));
        Q_EMIT link(QStringLiteral("importance"))->linkActivated(QStringLiteral("importance"));
        settle();
        QVERIFY(m_workspace->importance());
        QVERIFY(m_workspace->importance()->columns == made->columns);
        QVERIFY(!says(QStringLiteral("with the importance matrix")));
        Settings().removeUnfinished(out);
        write::removeLeftover(out.toStdString());
    }

    void whatIsAskedOfTheDiskIsAJob()
    {
        // Without its answer nothing can be started, but a folder that never answers stops nobody.
        m_dialog->setDestination(m_folder.filePath(QStringLiteral("other.gguf")));
        QVERIFY(!canStart());
        QVERIFY(!m_workspace->jobs().idle());
        for (int i = 0; i < 50; ++i)
            m_dialog->setDestination(m_folder.filePath(QStringLiteral("%1.gguf").arg(i)));
        QVERIFY(!canStart());
        settle();
        QVERIFY(canStart());
    }

    void quantizingAgainHasToBeAskedFor()
    {
        QSignalSpy written(m_dialog, &QuantizeDialog::written);
        QTest::mouseClick(button(QStringLiteral("Quantize")), Qt::LeftButton);
        QTRY_COMPARE(written.count(), 1);
        delete m_dialog.data();
        open(m_folder.filePath(QStringLiteral("out.gguf")));
        m_workspace->applyBase(QStringLiteral("Q2_K"));
        showDialog();
        chooseFile(m_folder.filePath(QStringLiteral("again.gguf")));
        QVERIFY(!canStart());
        m_dialog->findChild<QCheckBox*>()->setChecked(true);
        settle();
        QVERIFY(canStart());
    }

    void saysThatAFileWillBeReplaced()
    {
        QFile existing(m_folder.filePath(QStringLiteral("old.gguf")));
        QVERIFY(existing.open(QIODevice::WriteOnly));
        chooseFile(existing.fileName());
        QVERIFY(canStart());
        QVERIFY(says(QStringLiteral("will be replaced")));
    }
};

QTEST_MAIN(TestQuantizeDialog)
#include "tst_quantize_dialog.moc"
