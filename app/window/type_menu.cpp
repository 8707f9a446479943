// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/type_menu.h"

#include "app/widgets/theme.h"

#include <QMenu>
#include <QPainter>

#include <algorithm>
#include <vector>

namespace halftone::app {

std::optional<quant::Type> typeOfBits(int bits)
{
    switch (bits) {
    case 2: return quant::Type::Q2_K;
    case 3: return quant::Type::Q3_K;
    case 4: return quant::Type::Q4_K;
    case 5: return quant::Type::Q5_K;
    case 6: return quant::Type::Q6_K;
    case 8: return quant::Type::Q8_0;
    default: return {};
    }
}

QIcon bitsIcon(int bits)
{
    QPixmap pixmap(28, 28);
    pixmap.setDevicePixelRatio(2);
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(Theme::current().bits(bits));
    painter.drawRoundedRect(QRectF(1, 1, 12, 12), 3, 3);
    return pixmap;
}

void addTypeActions(QMenu& menu, const std::function<void(quant::Type)>& chosen)
{
    std::vector<quant::TypeInfo> types;
    std::ranges::copy_if(quant::allTypes(), std::back_inserter(types), [](const quant::TypeInfo& type) { return type.canQuantize; });
    std::ranges::stable_sort(types, std::greater(), [](const quant::TypeInfo& type) { return std::pair(type.bits, type.bitsPerWeight()); });
    int bits = 0;
    for (const auto& info : types) {
        if (bits && info.bits != bits)
            menu.addSeparator();
        bits = info.bits;
        const QString name = QString::fromUtf8(info.name.data(), qsizetype(info.name.size()));
        auto* action = menu.addAction(bitsIcon(info.bits), QMenu::tr("%1\t%2 bits").arg(name).arg(info.bitsPerWeight()));
        QObject::connect(action, &QAction::triggered, &menu, [chosen, type = info.type] { chosen(type); });
    }
}

}  // namespace halftone::app
