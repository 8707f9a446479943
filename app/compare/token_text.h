// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/compare/comparison.h"

#include <QTextEdit>

#include <vector>

namespace halftone::app {

/// 0 for a token the model was sure of, 1 for one it hardly believed in (a thousandth or less).
double surprise(float probability);

/// Generated text, token by token: shaded by how little the model believed in each token, with a mark where it leaves the
/// original. Hovering, or moving the text cursor, names the token.
class TokenText : public QTextEdit {
    Q_OBJECT
public:
    explicit TokenText(QWidget* parent = nullptr);

    /// Starts anew with the prompt, muted.
    void begin(const QString& prompt);
    void append(ColumnToken token);
    /// The token from which this text differs from the original; -1 for none. Tokens already shown are remarked.
    void setFirstDifference(int token);
    int firstDifference() const { return m_firstDifference; }
    void showFromStart();

    const std::vector<ColumnToken>& tokens() const { return m_tokens; }
    void setHighlighted(int token);
    /// Words alone: neither shading nor marks tell who wrote them.
    void setPlain(bool plain);
    void updateColours();

Q_SIGNALS:
    void tokenHovered(int token);  ///< index into tokens(), -1 for none

protected:
    bool viewportEvent(QEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    int tokenAt(int textPosition) const;
    void format(int token);
    QString m_prompt;
    std::vector<ColumnToken> m_tokens;
    std::vector<int> m_ends;  ///< text position after each token
    int m_firstDifference = -1;
    int m_highlighted = -1;
    bool m_plain = false;
};

}  // namespace halftone::app
