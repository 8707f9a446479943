// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QStringList>
#include <QWidget>

#include <optional>

class QLabel;
class QRadioButton;
class QVBoxLayout;

namespace halftone::app {

class Devices;
class ShareBar;

/// Everything that can compute, one below the other: a button to choose it, what it is, and how much of its memory is taken.
class DeviceList : public QWidget {
    Q_OBJECT
public:
    explicit DeviceList(Devices& devices, int threads, QWidget* parent = nullptr);

Q_SIGNALS:
    /// The user chose; Devices knows already.
    void chosen();

private:
    struct Entry {
        QString choice;  ///< as Devices::choose() takes it
        QString name;
        QStringList facts = {};  ///< lines
        QString memory = {};  ///< empty: it has none of its own
        std::optional<double> taken = {};
        bool isSame(const Entry& other) const { return choice == other.choice && name == other.name && facts == other.facts; }
    };
    struct Row {
        QRadioButton* button;
        ShareBar* bar;
        QLabel* memory;
    };
    QList<Entry> entries() const;
    Entry cpuEntry() const;
    QString note() const;
    void refresh();
    void rebuild(const QList<Entry>& entries);
    void add(const Entry& entry);
    void show(const Row& row, const Entry& entry, bool chosen);

    Devices& m_devices;
    int m_threads;
    QList<Entry> m_entries;
    QString m_note;
    QList<Row> m_shown;  ///< of m_entries
    QWidget* m_rows = nullptr;
    QVBoxLayout* m_layout;
};

}  // namespace halftone::app
