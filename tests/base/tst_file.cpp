// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/base/file.h"
#include "core/base/mapped_file.h"
#include "core/base/system.h"

#include <QTemporaryDir>
#include <QtTest>

#include <fstream>
#include <optional>

using namespace halftone;
namespace fs = std::filesystem;

namespace {

std::span<const std::byte> bytesOf(std::string_view text)
{
    return std::as_bytes(std::span(text.data(), text.size()));
}

std::string contents(const fs::path& path)
{
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

void put(const fs::path& path, std::string_view text)
{
    std::ofstream(path, std::ios::binary) << text;
}

template <class Action>
std::optional<Error> errorOf(const Action& action)
{
    try {
        action();
    } catch (const Error& error) {
        return error;
    }
    return std::nullopt;
}

}  // namespace

class TestFile : public QObject {
    Q_OBJECT
private:
    std::unique_ptr<QTemporaryDir> m_dir;
    fs::path m_folder;

    int entries() const { return int(std::distance(fs::directory_iterator(m_folder), fs::directory_iterator())); }

private Q_SLOTS:
    void init()
    {
        m_dir = std::make_unique<QTemporaryDir>();
        m_folder = fromUtf8(m_dir->path().toStdString());
    }

    void aResumableNeighbourIsContinued()
    {
        const fs::path path = m_folder / "out.gguf";
        put(partOf(path), "halfway and lost");
        AtomicFile file(path, 64, AtomicFile::Resumable{});
        file.continueAt(4);
        QCOMPARE(file.written(), 4u);
        file.write(bytesOf("tone"));
        file.flush();
        QVERIFY(!fs::exists(path));
        file.commit();
        QCOMPARE(contents(path), std::string("halftone"));
        QCOMPARE(entries(), 1);
    }

    void aResumableNeighbourHasOneWriter()
    {
        const fs::path path = m_folder / "out.gguf";
        {
            AtomicFile first(path, 0, AtomicFile::Resumable{});
            first.continueAt(0);
            first.write(bytesOf("first"));
            const auto error = errorOf([&] { AtomicFile second(path, 0, AtomicFile::Resumable{}); });
            QVERIFY(error && error->code() == ErrorCode::System);
            first.commit();
        }
        QCOMPARE(contents(path), std::string("first"));
    }

    void commitMakesTheFileAppearWhole()
    {
        const fs::path path = m_folder / "out.gguf";
        AtomicFile file(path, 1 << 20);
        file.write(bytesOf("half"));
        QVERIFY(!fs::exists(path));
        file.write(bytesOf("tone"));
        QCOMPARE(file.written(), 8u);
        file.commit();
        QCOMPARE(contents(path), std::string("halftone"));
        QCOMPARE(fs::file_size(path), 8u);
        QCOMPARE(entries(), 1);
    }

    void withoutCommitNothingRemains()
    {
        {
            AtomicFile file(m_folder / "out.gguf", 4096);
            file.write(bytesOf("lost"));
            QCOMPARE(entries(), 1);
        }
        QCOMPARE(entries(), 0);
    }

    void theOldFileStaysUntilCommit()
    {
        const fs::path path = m_folder / "out.gguf";
        put(path, "old");
        {
            AtomicFile file(path, 0);
            file.write(bytesOf("new, given up"));
        }
        QCOMPARE(contents(path), std::string("old"));
        AtomicFile file(path, 0);
        file.write(bytesOf("new"));
        QCOMPARE(contents(path), std::string("old"));
        file.commit();
        QCOMPARE(contents(path), std::string("new"));
        QCOMPARE(entries(), 1);
    }

    void twoWritersOfOneFileDoNotMeet()
    {
        const fs::path path = m_folder / "out.gguf";
        AtomicFile first(path, 0), second(path, 0);
        first.write(bytesOf("first"));
        second.write(bytesOf("second"));
        first.commit();
        second.commit();
        QCOMPARE(contents(path), std::string("second"));
        QCOMPARE(entries(), 1);
    }

    void aResumableNeighbourCanBeLeftOrPutAside()
    {
        const fs::path path = m_folder / "out.gguf";
        QVERIFY(!isBeingWritten(path));
        {
            AtomicFile file(path, 0, AtomicFile::Resumable{});
            QVERIFY(isBeingWritten(path));
            QVERIFY(errorOf([&] { AtomicFile second(path, 0, AtomicFile::Resumable{}); }));
            file.continueAt(0);
            file.write(bytesOf("kept"));
            file.leave();
        }
        QVERIFY(!isBeingWritten(path));
        QCOMPARE(contents(partOf(path)), std::string("kept"));
        AtomicFile(path, 0, AtomicFile::Resumable{}).setAside(m_folder / "aside");
        QCOMPARE(contents(m_folder / "aside"), std::string("kept"));
        QCOMPARE(entries(), 1);
    }

    void writtenBytesCanBeReplaced()
    {
        const fs::path path = m_folder / "out.gguf";
        AtomicFile file(path, 0);
        file.write(bytesOf("half tone"));
        file.rewrite(4, bytesOf("-"));
        file.commit();
        QCOMPARE(contents(path), std::string("half-tone"));
    }

    void aFileTellsThatItWasWritten()
    {
        put(m_folder / "a", "one");
        const auto mapped = MappedFile::open(m_folder / "a");
        QCOMPARE(InputFile(m_folder / "a").modified(), mapped->modified());
        fs::last_write_time(m_folder / "a", fs::last_write_time(m_folder / "a") + std::chrono::seconds(1));
        QCOMPARE(InputFile(m_folder / "a").modified(), mapped->modified() + 1'000'000'000);
    }

    void aFullDiskShowsBeforeTheFirstByte()
    {
        const auto error = errorOf([&] { AtomicFile file(m_folder / "out.gguf", std::uint64_t(1) << 60); });
        QVERIFY(error);
        QVERIFY(error->code() == ErrorCode::DiskFull);
        QVERIFY(error->problem().find("1152921504.61 GB") != std::string::npos);
        QVERIFY(error->problem().find("is free") != std::string::npos);
        QCOMPARE(entries(), 0);
    }

    void aMissingFolderIsAnError()
    {
        const auto error = errorOf([&] { AtomicFile file(m_folder / "missing" / "out.gguf", 0); });
        QVERIFY(error);
        QVERIFY(error->code() == ErrorCode::System);
        QVERIFY(error->file().ends_with("out.gguf"));
    }

    void foldersAndDevicesAreNoDestination()
    {
        QVERIFY(errorOf([&] { AtomicFile file(m_folder, 0); }));
#ifndef Q_OS_WIN
        QVERIFY(errorOf([&] { AtomicFile file("/dev/null", 0); }));
        QVERIFY(fs::is_character_file("/dev/null"));
#endif
    }

    void namesOutsideAsciiWork()
    {
        const std::string name = "Märchen-模型-🙂.gguf";
        const fs::path path = m_folder / fromUtf8(name);
        QCOMPARE(toUtf8(path.filename()), name);
        AtomicFile file(path, 0);
        file.write(bytesOf("x"));
        file.commit();
        QCOMPARE(InputFile(path).size(), 1u);
        QCOMPARE(MappedFile::open(path)->bytes().size(), std::size_t(1));
    }

    void theLongestNamesWork()
    {
        std::string name;
        while (name.size() < 250)
            name += "ü";
        const fs::path path = m_folder / fromUtf8(name);
        AtomicFile file(path, 0);
        file.write(bytesOf("x"));
        file.commit();
        QVERIFY(fs::exists(path));
        QCOMPARE(entries(), 1);
    }

    void sameFileSeesThroughLinks()
    {
        const fs::path path = m_folder / "a", other = m_folder / "b";
        put(path, "a");
        put(other, "a");
        fs::create_symlink(path, m_folder / "symbolic");
        fs::create_hard_link(path, m_folder / "hard");
        fs::create_directory_symlink(m_folder, m_folder / "folder");
        QVERIFY(sameFile(path, path));
        QVERIFY(sameFile(path, m_folder / "symbolic"));
        QVERIFY(sameFile(path, m_folder / "hard"));
        QVERIFY(sameFile(path, m_folder / "folder" / "." / "a"));
        QVERIFY(!sameFile(path, other));
        QVERIFY(!sameFile(path, m_folder / "missing"));
        QVERIFY(!sameFile(m_folder / "missing", m_folder / "missing"));
    }

    void readAtReadsAnyPlaceAndRefusesTheEnd()
    {
        const fs::path path = m_folder / "a";
        put(path, "halftone");
        const InputFile file(path);
        QCOMPARE(file.size(), 8u);
        std::string text(4, ' ');
        file.readAt(4, std::as_writable_bytes(std::span(text)));
        QCOMPARE(text, std::string("tone"));
        const auto error = errorOf([&] { file.readAt(5, std::as_writable_bytes(std::span(text))); });
        QVERIFY(error);
        QVERIFY(error->code() == ErrorCode::System);
        QCOMPARE(error->place(), std::string("byte 8"));
    }

    void openingNamesThePath()
    {
        for (const fs::path& path : {m_folder / "missing", m_folder}) {
            const auto error = errorOf([&] { MappedFile::open(path); });
            QVERIFY(error);
            QVERIFY(error->code() == ErrorCode::System);
            QCOMPARE(error->file(), toUtf8(path));
            QVERIFY(errorOf([&] { InputFile file(path); }));
        }
    }

    void anEmptyFileMapsToNothing()
    {
        put(m_folder / "empty", "");
        QVERIFY(MappedFile::open(m_folder / "empty")->bytes().empty());
    }

    void aMappingOutlivesTheName()
    {
        const fs::path path = m_folder / "a";
        put(path, "halftone");
        const auto file = MappedFile::open(path);
        QCOMPARE(file->path(), path);
#ifndef Q_OS_WIN
        fs::remove(path);
#endif
        QCOMPARE(std::string(reinterpret_cast<const char*>(file->bytes().data()), file->bytes().size()), std::string("halftone"));
    }

    void freeSpaceTakesFilesAndFolders()
    {
        QVERIFY(freeSpace(m_folder) > 0);
        QVERIFY(freeSpace(m_folder / "not yet.gguf") > 0);
        QVERIFY(errorOf([&] { freeSpace(m_folder / "missing" / "out.gguf"); }));
    }

    void theSystemIsKnown()
    {
        const SystemInfo info = systemInfo();
        QVERIFY(!info.simd.empty());
        QVERIFY(info.hardwareThreads >= 1);
        QVERIFY(info.memoryBytes > 64u << 20);
        QVERIFY(residentBytes() > 1u << 20);
        QVERIFY(residentBytes() < info.memoryBytes);
        QVERIFY(availableBytes() > 0 && availableBytes() <= info.memoryBytes);
    }
};

QTEST_APPLESS_MAIN(TestFile)
#include "tst_file.moc"
