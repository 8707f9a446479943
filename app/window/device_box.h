// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QComboBox>

namespace halftone::app {

class Devices;

/// Chooses what quantizes: the best for each type, the CPU, or a device. Follows what is found.
class DeviceBox : public QComboBox {
    Q_OBJECT
public:
    explicit DeviceBox(Devices& devices, QWidget* parent = nullptr);

private:
    void refill();

    Devices& m_devices;
};

}  // namespace halftone::app
