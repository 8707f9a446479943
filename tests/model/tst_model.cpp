// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/model.h"

#include <QtTest>

using namespace halftone;
using namespace halftone::model;

namespace {

Tensor tensor(std::string name, Shape shape, quant::Type type)
{
    Tensor made;
    made.layer = layerOf(name);
    made.role = roleOf(name, shape);
    made.name = std::move(name);
    made.shape = shape;
    made.type = type;
    return made;
}

constexpr Shape vectorOf(std::uint64_t length)
{
    return {{length, 1, 1, 1}, 1};
}
constexpr Shape matrix(std::uint64_t columns, std::uint64_t rows)
{
    return {{columns, rows, 1, 1}, 2};
}

}  // namespace

class TestModel : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void layerComesFromTheName_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<int>("layer");
        const std::pair<const char*, int> cases[] = {
            {"blk.0.attn_q.weight", 0},
            {"blk.31.ffn_down.weight", 31},
            {"dec.blk.7.cross_attn_k.weight", 7},
            {"v.blk.2.attn_q.weight", 2},
            {"token_embd.weight", -1},
            {"output.weight", -1},
            {"blk.x.attn_q.weight", -1},
            {"blk.", -1},
            {"blk.3", -1},
            {"blk.-1.attn_q.weight", -1},
            {"blk.99999999999999999999.attn_q.weight", -1},
            {"blk.2147483647.attn_q.weight", -1},
            {"", -1},
        };
        for (const auto& [name, layer] : cases)
            QTest::newRow(name) << QString(name) << layer;
    }
    void layerComesFromTheName()
    {
        QFETCH(QString, name);
        QTEST(layerOf(name.toStdString()), "layer");
    }

    void roleComesFromTheName_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("role");
        // clang-format off
        const std::pair<const char*, const char*> cases[] = {
            {"token_embd.weight", "token_embd"}, {"output.weight", "output"}, {"output_norm.weight", "norm"}, {"token_embd_norm.weight", "norm"},
            {"rope_freqs.weight", "rope"}, {"rope_factors_long.weight", "rope"}, {"blk.0.attn_q.weight", "attn_q"}, {"blk.0.attn_k.weight", "attn_k"},
            {"blk.0.attn_v.weight", "attn_v"}, {"blk.0.attn_qkv.weight", "attn_qkv"}, {"blk.0.attn_output.weight", "attn_output"},
            {"blk.0.attn_output_norm.weight", "norm"}, {"blk.0.attn_norm.weight", "norm"}, {"blk.0.attn_norm_2.weight", "norm"}, {"blk.0.attn_q_norm.weight", "norm"},
            {"blk.0.attn_q.bias", "bias"}, {"blk.0.ffn_gate.weight", "ffn_gate"}, {"blk.0.ffn_up.weight", "ffn_up"}, {"blk.0.ffn_down.weight", "ffn_down"},
            {"blk.0.ffn_gate_exps.weight", "ffn_gate_exps"}, {"blk.0.ffn_up_exps.weight", "ffn_up_exps"}, {"blk.0.ffn_down_exps.weight", "ffn_down_exps"},
            {"blk.0.ffn_gate_inp.weight", "ffn_gate_inp"}, {"blk.0.ffn_down_shexp.weight", "ffn_down"}, {"blk.0.ffn_gate.7.weight", "ffn_gate_exps"},
            {"blk.0.attn_q_a.weight", "attn_q"}, {"blk.0.attn_kv_b.weight", "attn_qkv"}, {"dec.blk.1.cross_attn_v.weight", "attn_v"}, {"blk.0.ssm_a", "other"},
            {"position_embd.weight", "other"}, {"", "other"},
        };
        // clang-format on
        for (const auto& [name, role] : cases)
            QTest::newRow(name) << QString(name) << QString(role);
    }
    void roleComesFromTheName()
    {
        QFETCH(QString, name);
        QFETCH(QString, role);
        const std::string_view found = roleName(roleOf(name.toStdString(), matrix(64, 64)));
        QCOMPARE(QString::fromUtf8(found.data(), qsizetype(found.size())), role);
    }

    void aThirdDimensionMakesAStackOfExperts()
    {
        QVERIFY(roleOf("blk.0.ffn_up.weight", {{64, 32, 8, 1}, 3}) == Role::FfnUpExperts);
        QVERIFY(roleOf("blk.0.ffn_up.weight", matrix(64, 32)) == Role::FfnUp);
    }

    void countsWhatItHolds()
    {
        const std::vector<std::byte> data(4096);
        Model::Parts parts;
        parts.metadata.set("general.architecture", std::string("llama"));
        parts.metadata.set("general.name", std::string("Toy"));
        parts.tensors = {tensor("token_embd.weight", matrix(32, 16), quant::Type::F16),
                         tensor("blk.1.attn_norm.weight", vectorOf(512), quant::Type::F32),
                         tensor("blk.1.attn_q.weight", matrix(32, 8), quant::Type::Q8_0)};
        parts.tensors[0].data = std::span(data).first(1024);
        parts.tensors[1].data = std::span(data).first(2048);
        parts.tensors[2].data = std::span(data).first(272);
        const Model model(std::move(parts));
        QCOMPARE(model.parameters(), 512u + 512u + 256u);
        QCOMPARE(model.tensorBytes(), 1024u + 2048u + 272u);
        QCOMPARE(model.bitsPerWeight(), 8.0 * 3344 / 1280);
        QCOMPARE(model.layers(), 2);
        QVERIFY(model.tiedOutput());
        QVERIFY(model.mainType() == quant::Type::F16);
        QCOMPARE(model.architecture(), std::string("llama"));
        QCOMPARE(model.name(), std::string("Toy"));
        QVERIFY(model.find("blk.1.attn_q.weight") == &model.tensors()[2]);
        QVERIFY(!model.find("blk.0.attn_q.weight"));
    }

    void aModelWithoutTensorsIsAllZero()
    {
        const Model model(Model::Parts{});
        QCOMPARE(model.bitsPerWeight(), 0.0);
        QCOMPARE(model.layers(), 0);
        QVERIFY(!model.tiedOutput());
        QVERIFY(model.mainType() == quant::Type::F32);
    }
};

QTEST_APPLESS_MAIN(TestModel)
#include "tst_model.moc"
