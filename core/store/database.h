// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

struct sqlite3;
struct sqlite3_stmt;

namespace halftone::store {

/// A prepared statement: bind in order, then step through the rows. Not thread safe.
class Statement {
public:
    Statement(sqlite3* database, std::string_view sql);
    ~Statement();
    Statement(const Statement&) = delete;
    Statement& operator=(const Statement&) = delete;

    Statement& bind(std::int64_t value);
    Statement& bind(double value);
    Statement& bind(std::string_view text);  ///< must live until the last step
    Statement& bind(std::span<const std::byte> blob);  ///< the same

    /// True while there is a row. Throws Error{System | DiskFull | Malformed}.
    bool step();
    /// step() for a statement without rows.
    void run() { step(); }

    // Columns of the current row, from 0; another type is converted as SQLite does, NULL is 0 or empty.
    std::int64_t integer(int column) const;
    double real(int column) const;
    std::string text(int column) const;
    std::span<const std::byte> blob(int column) const;  ///< until the next step

private:
    sqlite3* m_database;
    sqlite3_stmt* m_statement = nullptr;
    int m_bound = 0;
};

/// What becomes of a file that is broken or not this program's.
enum class Damage { Refuse, MoveAside };

/// One SQLite file: write-ahead log, so that several processes may use it at once; each waits up to half a minute for
/// another's write. Not thread safe.
class Database {
public:
    /// Opens or makes the file, and brings an older one to the version of `migrations` (one script for each version, from
    /// empty on). `applicationId` marks the file as this program's. Throws Error{Malformed} for a broken or foreign file, or,
    /// asked to, renames a broken one and starts anew; Error{Unsupported} for one of a newer program; Error{System}.
    Database(const std::filesystem::path& file, std::int32_t applicationId, std::span<const char* const> migrations, Damage damage);
    ~Database();
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;

    Statement prepare(std::string_view sql) { return {m_database, sql}; }
    void execute(const char* sql);
    std::int64_t lastRow() const;
    /// Where a broken file was moved; empty if none was.
    const std::filesystem::path& movedTo() const { return m_movedTo; }

private:
    void open(const std::filesystem::path& file);
    void close() noexcept;
    void check(std::int32_t applicationId, std::span<const char* const> migrations);

    sqlite3* m_database = nullptr;
    std::filesystem::path m_movedTo;
};

}  // namespace halftone::store
