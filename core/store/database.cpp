// SPDX-License-Identifier: Apache-2.0
#include "core/store/database.h"

#include "core/base/error.h"
#include "core/base/file.h"

#include <sqlite3.h>

#include <array>
#include <fstream>

namespace halftone::store {

namespace {

constexpr int kWaitMs = 30'000;

ErrorCode codeOf(int result)
{
    switch (result & 0xff) {
    case SQLITE_CORRUPT:
    case SQLITE_ERROR: return ErrorCode::Malformed;  // our statements are sound: what they ask for is not as SQLite or we made it
    case SQLITE_FULL: return ErrorCode::DiskFull;
    case SQLITE_NOMEM: return ErrorCode::OutOfMemory;
    default: return ErrorCode::System;
    }
}

Error noStore()
{
    return Error(ErrorCode::Malformed, {.problem = "this is no store, or its beginning is damaged", .advice = "choose another file"});
}

void verify(int result, sqlite3* database)
{
    if (result == SQLITE_OK || result == SQLITE_ROW || result == SQLITE_DONE)
        return;
    if ((result & 0xff) == SQLITE_NOTADB)
        throw noStore();
    if ((result & 0xff) == SQLITE_BUSY)
        throw Error(ErrorCode::System, {.problem = "the store is in use by another program", .advice = "try again when that has ended"});
    throw Error(codeOf(result), std::string("the store cannot be used: ") + sqlite3_errmsg(database));
}

/// SQLite only reads what a later format was written in, as if the disk were read-only: byte 18 of the header (SQLite's file format).
void checkWriteVersion(const std::filesystem::path& file)
{
    constexpr std::size_t kPlace = 18;
    std::array<char, kPlace + 1> header;
    std::ifstream opened(file, std::ios::binary);
    if (opened.read(header.data(), header.size()) && static_cast<unsigned char>(header[kPlace]) > 2)
        throw noStore();
}

/// The tables as the file describes them, in an order of their own.
std::string schemaOf(sqlite3* database)
{
    Statement select(database,
                     "SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name, type");
    std::string schema;
    while (select.step())
        schema += select.text(0) + ' ' + select.text(1) + ": " + select.text(2) + '\n';
    return schema;
}

/// What these migrations make of nothing.
std::string schemaOf(std::span<const char* const> migrations)
{
    sqlite3* opened = nullptr;
    const int result = sqlite3_open(":memory:", &opened);
    const std::unique_ptr<sqlite3, decltype(&sqlite3_close)> database(opened, &sqlite3_close);
    verify(result, opened);
    for (const char* migration : migrations)
        verify(sqlite3_exec(opened, migration, nullptr, nullptr, nullptr), opened);
    return schemaOf(opened);
}

/// The first free of NAME.damaged, NAME.damaged-2 ...; the log files of the broken one go with it.
std::filesystem::path moveAside(const std::filesystem::path& file)
{
    std::filesystem::path target = file;
    target += ".damaged";
    for (int i = 2; std::filesystem::exists(target); ++i) {
        target = file;
        target += ".damaged-" + std::to_string(i);
    }
    std::filesystem::rename(file, target);
    for (const char* suffix : {"-wal", "-shm"}) {
        std::filesystem::path log = file;
        std::error_code ignored;  // there may be none
        std::filesystem::remove(log += suffix, ignored);
    }
    return target;
}

}  // namespace

Statement::Statement(sqlite3* database, std::string_view sql) : m_database(database)
{
    verify(sqlite3_prepare_v2(database, sql.data(), int(sql.size()), &m_statement, nullptr), database);
}

Statement::~Statement()
{
    sqlite3_finalize(m_statement);
}

Statement& Statement::bind(std::int64_t value)
{
    verify(sqlite3_bind_int64(m_statement, ++m_bound, value), m_database);
    return *this;
}

Statement& Statement::bind(double value)
{
    verify(sqlite3_bind_double(m_statement, ++m_bound, value), m_database);
    return *this;
}

Statement& Statement::bind(std::string_view text)
{
    verify(sqlite3_bind_text64(m_statement, ++m_bound, text.data(), text.size(), SQLITE_STATIC, SQLITE_UTF8), m_database);
    return *this;
}

Statement& Statement::bind(std::span<const std::byte> blob)
{
    verify(sqlite3_bind_blob64(m_statement, ++m_bound, blob.data(), blob.size(), SQLITE_STATIC), m_database);
    return *this;
}

bool Statement::step()
{
    const int result = sqlite3_step(m_statement);
    verify(result, m_database);
    return result == SQLITE_ROW;
}

std::int64_t Statement::integer(int column) const
{
    return sqlite3_column_int64(m_statement, column);
}

double Statement::real(int column) const
{
    return sqlite3_column_double(m_statement, column);
}

std::string Statement::text(int column) const
{
    const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(m_statement, column));
    return text ? std::string(text, std::size_t(sqlite3_column_bytes(m_statement, column))) : std::string();
}

std::span<const std::byte> Statement::blob(int column) const
{
    const auto* data = static_cast<const std::byte*>(sqlite3_column_blob(m_statement, column));
    return {data, data ? std::size_t(sqlite3_column_bytes(m_statement, column)) : 0};
}

Database::Database(const std::filesystem::path& file, std::int32_t applicationId, std::span<const char* const> migrations, Damage damage)
{
    try {
        open(file);
        check(applicationId, migrations);
    } catch (const Error& error) {
        close();
        if (error.code() != ErrorCode::Malformed || damage == Damage::Refuse)
            throw error.inFile(toUtf8(file));
        m_movedTo = moveAside(file);
        open(file);
        check(applicationId, migrations);
    }
}

Database::~Database()
{
    close();
}

void Database::open(const std::filesystem::path& file)
{
    checkWriteVersion(file);
    const int result =
        sqlite3_open_v2(toUtf8(file).c_str(), &m_database, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
    if (!m_database)
        throw Error(ErrorCode::OutOfMemory, "the store cannot be opened");
    verify(result, m_database);
    sqlite3_busy_timeout(m_database, kWaitMs);
    sqlite3_db_config(m_database, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);  // a crafted file may not use its schema against us
    sqlite3_db_config(m_database, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
}

void Database::close() noexcept
{
    sqlite3_close(m_database);
    m_database = nullptr;
}

/// In one transaction, so that of two processes that make the file the second finds it made.
void Database::check(std::int32_t applicationId, std::span<const char* const> migrations)
{
    const auto pragma = [this](const char* sql) {
        Statement statement = prepare(sql);
        return statement.step() ? statement.text(0) : std::string();
    };
    execute("BEGIN IMMEDIATE");
    const bool empty = pragma("SELECT count(*) FROM sqlite_master") == "0";
    if (!empty && pragma("PRAGMA application_id") != std::to_string(applicationId))
        throw Error(ErrorCode::Malformed, {.problem = "this is another program's database", .advice = "choose another file"});
    if (const std::string state = pragma("PRAGMA quick_check(1)"); state != "ok")
        throw Error(ErrorCode::Malformed,
                    {.problem = "the store is damaged: " + state, .advice = "move it away; what it holds can be measured again"});
    const int version = std::atoi(pragma("PRAGMA user_version").c_str());
    if (version < 0 || std::size_t(version) > migrations.size())
        throw Error(ErrorCode::Unsupported,
                    {.problem = "the store was made by a newer Halftone", .advice = "update Halftone or choose another file"});
    // A view or a trigger in place of a table could compute without end.
    if (!empty && schemaOf(m_database) != schemaOf(migrations.first(std::size_t(version))))
        throw Error(
            ErrorCode::Malformed,
            {.problem = "the store's tables are not those of this program", .advice = "move it away; what it holds can be measured again"});
    for (const char* migration : migrations.subspan(std::size_t(version)))
        execute(migration);
    execute(("PRAGMA application_id = " + std::to_string(applicationId)).c_str());
    execute(("PRAGMA user_version = " + std::to_string(migrations.size())).c_str());
    execute("COMMIT");
    execute("PRAGMA foreign_keys = ON");
    execute("PRAGMA journal_mode = WAL");
    execute("PRAGMA synchronous = NORMAL");  // a loss of power costs the last windows at most
}

void Database::execute(const char* sql)
{
    verify(sqlite3_exec(m_database, sql, nullptr, nullptr, nullptr), m_database);
}

std::int64_t Database::lastRow() const
{
    return sqlite3_last_insert_rowid(m_database);
}

}  // namespace halftone::store
