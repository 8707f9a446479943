// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/plan/decode_speed.h"

#include <QString>

#include <string>

namespace halftone::app {

/// Measured speeds in the user's cache folder, where halftone-cli keeps them too, by evaluate::speedsKey(). A value; its functions read
/// and write files, so call them in jobs. A file that cannot be read counts as missing.
class SpeedStore {
public:
    SpeedStore();

    plan::DecodeSpeeds read(const std::string& key) const;
    void keep(const plan::DecodeSpeeds& speeds, const std::string& key) const;

private:
    QString fileOf(const std::string& key) const;
    QString m_folder;
};

}  // namespace halftone::app
