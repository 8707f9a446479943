// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/write/own_mounts.h"

#include <QFile>

#include <cerrno>
#include <cstring>

#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

namespace halftone::test {
namespace {

bool writeLine(const char* file, const QByteArray& line)
{
    QFile out(QString::fromLatin1(file));
    return out.open(QIODevice::WriteOnly | QIODevice::Unbuffered) && out.write(line) == line.size();
}

/// Root may do it at once; another user becomes the root of a name space of users first (user_namespaces(7)).
bool leaveTheMountsOfOthers()
{
    if (::unshare(CLONE_NEWNS) == 0)
        return true;
    const QByteArray user = QByteArray::number(::geteuid()), group = QByteArray::number(::getegid());
    return ::unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0 && writeLine("/proc/self/setgroups", "deny")
        && writeLine("/proc/self/uid_map", "0 " + user + " 1") && writeLine("/proc/self/gid_map", "0 " + group + " 1");
}

}  // namespace

QString ownMounts()
{
    // Mounts are shared with their copies until they are made private.
    if (leaveTheMountsOfOthers() && ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0)
        return {};
    return QStringLiteral("this system allows no mounts of one's own: %1").arg(QString::fromLocal8Bit(std::strerror(errno)));
}

bool mountSmallDisk(const QString& folder, std::uint64_t bytes)
{
    const QByteArray size = "size=" + QByteArray::number(qulonglong(bytes));
    return ::mount("halftone-test", QFile::encodeName(folder).constData(), "tmpfs", 0, size.constData()) == 0;
}

bool unmountSmallDisk(const QString& folder)
{
    return ::umount(QFile::encodeName(folder).constData()) == 0;
}

}  // namespace halftone::test
