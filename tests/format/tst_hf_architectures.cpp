// SPDX-License-Identifier: GPL-3.0-or-later
// What the families do to their weights on the way to GGUF.
#include "tests/format/hf_checks.h"

#include "core/base/file.h"

#include <QTemporaryDir>
#include <QtTest>

using namespace halftone;
using namespace hf_checks;
using nlohmann::json;

class TestHfArchitectures : public QObject {
    Q_OBJECT
private:
    std::unique_ptr<QTemporaryDir> m_dir;
    std::unique_ptr<HfFolder> m_folder;

    ModelPtr open() const { return format::openModel(m_folder->path()); }
    void putConfig(const json& changes) const
    {
        json config = HfFolder::llamaConfig();
        config.update(changes);
        m_folder->put("config.json", config);
    }

private Q_SLOTS:
    void init()
    {
        m_dir = std::make_unique<QTemporaryDir>();
        m_folder = std::make_unique<HfFolder>(fromUtf8(m_dir->path().toStdString()));
    }

    void fp8IsUnpackedWithItsScales()
    {
        m_folder->putLlama();
        putConfig({{"num_hidden_layers", 1}, {"quantization_config", {{"quant_method", "fp8"}, {"weight_block_size", {2, 4}}}}});
        SafetensorsBytes file;
        HfFolder::addLayer(file, 0, "BF16");
        HfFolder::addEnds(file, "BF16");
        // 0x38 is 1, 0xC0 is -2, 0x01 is 2^-9, 0x7E is 448. Rows of four, a scale for each block of two rows.
        file.tensor("lm_head.weight", "F8_E4M3", "[3,4]",
                    std::string("\x38\xC0\x01\x7E"
                                "\x38\x38\x38\x38"
                                "\x38\xC0\x01\x7E",
                                12));
        file.tensor("lm_head.weight_scale_inv", "F32", "[2,1]", packed<float>({2.0f, 0.5f}));
        m_folder->put("model.safetensors", file.string());
        const auto model = open();
        QVERIFY(!model->find("lm_head.weight_scale_inv"));
        QVERIFY(model->find("output.weight")->type == quant::Type::BF16);
        QCOMPARE(valuesOf(model, "output.weight"), (std::vector<float>{2, -4, 0.00390625f, 896, 2, 2, 2, 2, 0.5f, -1, 0.0009765625f, 224}));
    }

    void scalesThatDoNotFitAreRefused()
    {
        m_folder->putLlama();
        SafetensorsBytes file;
        HfFolder::addEnds(file, "BF16");
        file.tensor("lm_head.weight", "F8_E4M3", "[2,4]", std::string(8, '\x38'));
        file.tensor("lm_head.weight_scale", "F32", "[3]", packed<float>({1, 2, 3}));
        m_folder->put("model.safetensors", file.string());
        QVERIFY(contains(errorOf(m_folder->path())->what(), "the scales fit neither"));
    }

    void expertsAreStacked()
    {
        m_folder->putLlama();
        putConfig(
            {{"architectures", {"MixtralForCausalLM"}}, {"num_local_experts", 2}, {"num_experts_per_tok", 1}, {"num_hidden_layers", 1}});
        SafetensorsBytes file;
        HfFolder::addEnds(file, "BF16");
        const std::string prefix = "model.layers.0.block_sparse_moe.";
        HfFolder::add(file, prefix + "gate.weight", 2, 8, 0, "BF16");
        for (int expert = 0; expert < 2; ++expert)
            for (int matrix = 1; matrix <= 3; ++matrix)
                HfFolder::add(file, prefix + QStringLiteral("experts.%1.w%2.weight").arg(expert).arg(matrix).toStdString(),
                              matrix == 2 ? 8 : 4, matrix == 2 ? 4 : 8, 10 * expert + matrix, "BF16");
        m_folder->put("model.safetensors", file.string());
        const auto model = open();
        QCOMPARE(namesOf(*model),
                 (std::vector<std::string>{"token_embd.weight", "blk.0.ffn_gate_exps.weight", "blk.0.ffn_down_exps.weight",
                                           "blk.0.ffn_up_exps.weight", "blk.0.ffn_gate_inp.weight", "output_norm.weight"}));
        QVERIFY(model->find("blk.0.ffn_gate_inp.weight")->type == quant::Type::F32);
        const model::Tensor* up = model->find("blk.0.ffn_up_exps.weight");
        QCOMPARE(up->shape.rank, 3u);
        QCOMPARE(up->shape.extent[2], std::uint64_t(2));
        std::vector<float> expected = countedFrom(3, 32);
        const auto second = countedFrom(13, 32);
        expected.insert(expected.end(), second.begin(), second.end());
        QCOMPARE(valuesOf(model, "blk.0.ffn_up_exps.weight"), expected);
        putConfig({{"architectures", {"MixtralForCausalLM"}}, {"num_local_experts", 3}, {"num_hidden_layers", 1}});
        QVERIFY(contains(errorOf(m_folder->path())->what(), "not all experts are there"));
    }

    void gemmasNormsGetTheirOne()
    {
        m_folder->putLlama();
        putConfig({{"architectures", {"GemmaForCausalLM"}}, {"model_type", "gemma"}});
        const auto model = open();
        QCOMPARE(valuesOf(model, "output_norm.weight"), countedFrom(10, 8));
        QCOMPARE(valuesOf(model, "blk.0.attn_v.weight"), countedFrom(50, 32));
        QVERIFY(model->find("blk.0.attn_q.weight")->data.inPlace());
    }

    void gemma3FillsInItsDefaults()
    {
        m_folder->putLlama();
        m_folder->put("config.json",
                      json{{"architectures", {"Gemma3ForConditionalGeneration"}},
                           {"model_type", "gemma3"},
                           {"text_config",
                            {{"hidden_size", 8},
                             {"intermediate_size", 12},
                             {"num_hidden_layers", 2},
                             {"vocab_size", 6},
                             {"sliding_window", 512},
                             {"rope_scaling", {{"factor", 8.0}, {"rope_type", "linear"}}}}},
                           {"vision_config", {{"hidden_size", 3}}}});
        SafetensorsBytes file;
        HfFolder::add(file, "language_model.model.embed_tokens.weight", 6, 8, 7, "BF16");
        HfFolder::add(file, "language_model.model.norm.weight", 8, 0, 9, "BF16");
        HfFolder::add(file, "vision_tower.vision_model.post_layernorm.weight", 3, 0, 9, "BF16");
        m_folder->put("model.safetensors", file.string());
        const auto model = open();
        QCOMPARE(namesOf(*model), (std::vector<std::string>{"token_embd.weight", "output_norm.weight"}));
        QCOMPARE(model->metadata().integer("gemma3.attention.key_length"), std::optional<std::int64_t>(256));
        QCOMPARE(model->metadata().integer("gemma3.attention.sliding_window"), std::optional<std::int64_t>(512));
        QCOMPARE(model->metadata().number("gemma3.rope.freq_base"), std::optional(1e6));
        QCOMPARE(model->metadata().number("gemma3.rope.scaling.factor"), std::optional(8.0));
        QCOMPARE(model->warnings().size(), std::size_t(1));
        QVERIFY(contains(model::textOf(model->warnings().front()), "only the language model"));
    }

    void falconsGroupsBecomeQueriesKeysAndValues()
    {
        m_folder->put("tokenizer.json", HfFolder::tokenizer());
        m_folder->put("config.json",
                      json{{"architectures", {"FalconForCausalLM"}},
                           {"model_type", "falcon"},
                           {"hidden_size", 4},
                           {"num_hidden_layers", 1},
                           {"num_attention_heads", 4},
                           {"num_kv_heads", 2},
                           {"new_decoder_architecture", true},
                           {"layer_norm_epsilon", 1e-5},
                           {"vocab_size", 6}});
        SafetensorsBytes file;
        HfFolder::add(file, "transformer.word_embeddings.weight", 6, 4, 0, "F32");
        HfFolder::add(file, "transformer.h.0.ln_attn.weight", 4, 0, 1, "F32");
        HfFolder::add(file, "transformer.h.0.ln_mlp.weight", 4, 0, 2, "F32");
        HfFolder::add(file, "transformer.h.0.self_attention.query_key_value.weight", 8, 4, 0, "F32");
        m_folder->put("model.safetensors", file.string());
        const auto model = open();
        std::vector<float> expected;
        for (const int row : {0, 1, 4, 5, 2, 6, 3, 7}) {  // two queries, a key and a value in each group
            const auto values = countedFrom(4 * row, 4);
            expected.insert(expected.end(), values.begin(), values.end());
        }
        QCOMPARE(valuesOf(model, "blk.0.attn_qkv.weight"), expected);
        QCOMPARE(valuesOf(model, "blk.0.attn_norm_2.weight"), countedFrom(1, 4));
        QCOMPARE(valuesOf(model, "blk.0.attn_norm.weight"), countedFrom(2, 4));
        QCOMPARE(model->metadata().integer("falcon.attention.head_count_kv"), std::optional<std::int64_t>(2));
        QCOMPARE(model->metadata().integer("falcon.feed_forward_length"), std::optional<std::int64_t>(16));
        QCOMPARE(model->metadata().integer("falcon.context_length"), std::optional<std::int64_t>(2048));
        QVERIFY(!model->metadata().contains("falcon.rope.freq_base"));
    }

    void theOlderFalconHasOneKeyWhateverItsConfigSays()
    {
        m_folder->put("tokenizer.json", HfFolder::tokenizer());
        m_folder->put("config.json",
                      json{{"architectures", {"FalconForCausalLM"}},
                           {"model_type", "falcon"},
                           {"hidden_size", 4},
                           {"num_hidden_layers", 1},
                           {"num_attention_heads", 4},
                           {"num_kv_heads", 4},
                           {"multi_query", true},
                           {"layer_norm_epsilon", 1e-5},
                           {"vocab_size", 6}});
        SafetensorsBytes file;
        HfFolder::add(file, "transformer.h.0.input_layernorm.weight", 4, 0, 2, "F32");
        HfFolder::add(file, "transformer.h.0.self_attention.query_key_value.weight", 6, 4, 0, "F32");
        m_folder->put("model.safetensors", file.string());
        const auto model = open();
        QCOMPARE(model->metadata().integer("falcon.attention.head_count_kv"), std::optional<std::int64_t>(1));
        QCOMPARE(valuesOf(model, "blk.0.attn_qkv.weight"), countedFrom(0, 24));
        QCOMPARE(valuesOf(model, "blk.0.attn_norm.weight"), countedFrom(2, 4));
    }

    void neoxsHeadsBecomeQueriesKeysAndValues()
    {
        m_folder->put("tokenizer.json", HfFolder::tokenizer());
        m_folder->put("config.json",
                      json{{"architectures", {"GPTNeoXForCausalLM"}},
                           {"model_type", "gpt_neox"},
                           {"hidden_size", 8},
                           {"intermediate_size", 12},
                           {"num_hidden_layers", 1},
                           {"num_attention_heads", 2},
                           {"max_position_embeddings", 64},
                           {"rotary_pct", 0.5},
                           {"use_parallel_residual", false},
                           {"layer_norm_eps", 1e-5},
                           {"vocab_size", 6}});
        SafetensorsBytes file;
        HfFolder::add(file, "gpt_neox.layers.0.attention.bias", 4, 4, 0, "F32");
        HfFolder::add(file, "gpt_neox.layers.0.attention.query_key_value.bias", 24, 0, 0, "F32");
        HfFolder::add(file, "gpt_neox.layers.0.attention.query_key_value.weight", 24, 8, 0, "F32");
        m_folder->put("model.safetensors", file.string());
        const auto model = open();
        std::vector<float> expected;
        for (const int row : {0, 12, 4, 16, 8, 20}) {  // four rows each of two queries, two keys, two values
            const auto values = countedFrom(row, 4);
            expected.insert(expected.end(), values.begin(), values.end());
        }
        QCOMPARE(valuesOf(model, "blk.0.attn_qkv.bias"), expected);
        QCOMPARE(namesOf(*model), (std::vector<std::string>{"blk.0.attn_qkv.bias", "blk.0.attn_qkv.weight"}));
        QCOMPARE(model->metadata().integer("gptneox.rope.dimension_count"), std::optional<std::int64_t>(2));
        QCOMPARE(model->metadata().boolean("gptneox.use_parallel_residual"), std::optional(false));
        QVERIFY(!model->metadata().contains("gptneox.attention.head_count_kv"));
    }

    void deepseeksKeysAndValuesAreSplit()
    {
        m_folder->putLlama();
        putConfig(
            {{"architectures", {"DeepseekV3ForCausalLM"}},
             {"model_type", "deepseek_v3"},
             {"num_hidden_layers", 1},
             {"kv_lora_rank", 3},
             {"qk_nope_head_dim", 2},
             {"qk_rope_head_dim", 2},
             {"v_head_dim", 1},
             {"q_lora_rank", nullptr},
             {"n_routed_experts", 4},
             {"moe_intermediate_size", 5},
             {"n_shared_experts", 2},
             {"norm_topk_prob", true},
             {"routed_scaling_factor", 2.5},
             {"scoring_func", "sigmoid"},
             {"n_group", 2},
             {"topk_group", 1},
             {"first_k_dense_replace", 1},
             {"rope_scaling", {{"type", "yarn"}, {"factor", 40}, {"mscale_all_dim", 1.0}, {"original_max_position_embeddings", 16}}}});
        SafetensorsBytes file;
        HfFolder::add(file, "model.layers.0.self_attn.kv_b_proj.weight", 6, 3, 0, "BF16");
        HfFolder::add(file, "model.layers.0.mlp.gate.e_score_correction_bias", 4, 0, 1, "BF16");
        HfFolder::add(file, "model.layers.1.eh_proj.weight", 4, 4, 1, "BF16");
        HfFolder::add(file, "model.layers.1.self_attn.kv_b_proj.weight", 6, 3, 0, "BF16");
        m_folder->put("model.safetensors", file.string());
        const auto model = open();
        QCOMPARE(namesOf(*model).size(), std::size_t(3));
        QCOMPARE(valuesOf(model, "blk.0.attn_k_b.weight"), (std::vector<float>{0, 3, 1, 4, 2, 5, 9, 12, 10, 13, 11, 14}));
        QCOMPARE(valuesOf(model, "blk.0.attn_v_b.weight"), (std::vector<float>{6, 7, 8, 15, 16, 17}));
        QCOMPARE(model->find("blk.0.attn_k_b.weight")->shape.extent, (std::array<std::uint64_t, 4>{2, 3, 2, 1}));
        QCOMPARE(valuesOf(model, "blk.0.exp_probs_b.bias"), countedFrom(1, 4));
        const auto integer = [&](const std::string& key) { return model->metadata().integer("deepseek2." + key).value_or(-1); };
        QCOMPARE(integer("attention.head_count_kv"), std::int64_t(1));
        QCOMPARE(integer("attention.key_length"), std::int64_t(5));
        QCOMPARE(integer("attention.key_length_mla"), std::int64_t(4));
        QCOMPARE(integer("attention.value_length_mla"), std::int64_t(1));
        QCOMPARE(integer("expert_gating_func"), std::int64_t(2));
        QCOMPARE(integer("expert_count"), std::int64_t(4));
        QCOMPARE(integer("attention.q_lora_rank"), std::int64_t(-1));
        QVERIFY(std::abs(model->metadata().number("deepseek2.rope.scaling.yarn_log_multiplier").value_or(0) - 0.1) < 1e-6);
    }

    void granitesGatesAndUpsAreSplit()
    {
        m_folder->putLlama();
        putConfig({{"architectures", {"GraniteMoeSharedForCausalLM"}},
                   {"num_local_experts", 2},
                   {"num_experts_per_tok", 1},
                   {"shared_intermediate_size", 3},
                   {"num_hidden_layers", 1}});
        SafetensorsBytes file;
        file.tensor("model.layers.0.block_sparse_moe.input_linear.weight", "F32", "[2,4,2]", HfFolder::counted(16, 0, "F32"));
        HfFolder::add(file, "model.layers.0.shared_mlp.input_linear.weight", 6, 2, 0, "F32");
        m_folder->put("model.safetensors", file.string());
        const auto model = open();
        QCOMPARE(valuesOf(model, "blk.0.ffn_gate_exps.weight"), (std::vector<float>{0, 1, 2, 3, 8, 9, 10, 11}));
        QCOMPARE(valuesOf(model, "blk.0.ffn_up_exps.weight"), (std::vector<float>{4, 5, 6, 7, 12, 13, 14, 15}));
        QCOMPARE(valuesOf(model, "blk.0.ffn_up_shexp.weight"), countedFrom(6, 6));
        QCOMPARE(model->find("blk.0.ffn_up_shexp.weight")->shape.rank, 2u);
        QCOMPARE(model->metadata().integer("granitemoe.expert_shared_feed_forward_length"), std::optional<std::int64_t>(3));
        QVERIFY(!model->metadata().contains("granitemoe.attention.key_length"));
    }

    void gptOssExpertsKeepTheirPackedWeights()
    {
        m_folder->putLlama();
        putConfig({{"architectures", {"GptOssForCausalLM"}},
                   {"num_local_experts", 1},
                   {"num_experts_per_tok", 1},
                   {"num_hidden_layers", 1},
                   {"sliding_window", 8},
                   {"head_dim", 4}});
        SafetensorsBytes file;
        std::string blocks;
        for (int row = 0; row < 4; ++row)  // weight i of a row is code (i + row) % 16, two in a byte
            for (int i = 0; i < 32; i += 2)
                blocks.push_back(char((i + row) % 16 | (i + 1 + row) % 16 << 4));
        const std::string prefix = "model.layers.0.mlp.experts.";
        file.tensor(prefix + "gate_up_proj_blocks", "U8", "[1,4,1,16]", blocks);
        file.tensor(prefix + "gate_up_proj_scales", "U8", "[1,4,1]", std::string("\x7F\x80\x81\x7E", 4));
        file.tensor(prefix + "gate_up_proj_bias", "F32", "[1,4]", HfFolder::counted(4, 0, "F32"));
        HfFolder::add(file, "model.layers.0.self_attn.sinks", 2, 0, 3, "F32");
        m_folder->put("model.safetensors", file.string());
        const auto model = open();
        const std::array<float, 16> e2m1{0, 0.5f, 1, 1.5f, 2, 3, 4, 6, 0, -0.5f, -1, -1.5f, -2, -3, -4, -6};
        const auto rows = [&](std::initializer_list<std::pair<int, float>> parts) {
            std::vector<float> values;
            for (const auto& [row, scale] : parts)
                for (int i = 0; i < 32; ++i)
                    values.push_back(scale * e2m1[std::size_t(i + row) % 16]);
            return values;
        };
        QVERIFY(model->find("blk.0.ffn_gate_exps.weight")->type == quant::Type::MXFP4);
        QCOMPARE(valuesOf(model, "blk.0.ffn_gate_exps.weight"), rows({{0, 1.0f}, {2, 4.0f}}));
        QCOMPARE(valuesOf(model, "blk.0.ffn_up_exps.weight"), rows({{1, 2.0f}, {3, 0.5f}}));
        QCOMPARE(valuesOf(model, "blk.0.ffn_gate_exps.bias"), (std::vector<float>{0, 2}));
        QCOMPARE(valuesOf(model, "blk.0.ffn_up_exps.bias"), (std::vector<float>{1, 3}));
        QCOMPARE(model->find("blk.0.ffn_up_exps.bias")->shape.rank, 2u);
        QCOMPARE(valuesOf(model, "blk.0.attn_sinks.weight"), countedFrom(3, 2));
        QCOMPARE(model->metadata().integer("gpt-oss.expert_feed_forward_length"), std::optional<std::int64_t>(12));
    }

    void packedExpertsWithoutTheirScalesAreRefused()
    {
        m_folder->putLlama();
        putConfig({{"architectures", {"GptOssForCausalLM"}}, {"num_hidden_layers", 1}});
        SafetensorsBytes file;
        file.tensor("model.layers.0.mlp.experts.down_proj_blocks", "U8", "[1,1,1,16]", std::string(16, 'a'));
        m_folder->put("model.safetensors", file.string());
        QVERIFY(contains(errorOf(m_folder->path())->what(), "blocks or its scales are missing"));
    }

    void phi2StablelmQwen2MoeAndOlmo3HaveTheirNames_data()
    {
        QTest::addColumn<QString>("modelClass");
        QTest::addColumn<QString>("tensor");
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("key");
        QTest::addColumn<int>("value");
        QTest::newRow("phi2") << "PhiForCausalLM"
                              << "model.layers.0.mlp.fc1.weight"
                              << "blk.0.ffn_up.weight"
                              << "phi2.rope.dimension_count" << 2;
        QTest::newRow("stablelm") << "StableLmForCausalLM"
                                  << "model.layers.0.mlp.gate_proj.weight"
                                  << "blk.0.ffn_gate.weight"
                                  << "stablelm.rope.dimension_count" << 2;
        QTest::newRow("qwen2moe") << "Qwen2MoeForCausalLM"
                                  << "model.layers.0.mlp.shared_expert.up_proj.weight"
                                  << "blk.0.ffn_up_shexp.weight"
                                  << "qwen2moe.expert_shared_feed_forward_length" << 20;
        QTest::newRow("olmo3") << "Olmo3ForCausalLM"
                               << "model.layers.0.post_feedforward_layernorm.weight"
                               << "blk.0.post_ffw_norm.weight"
                               << "olmo2.attention.sliding_window" << 7;
    }
    void phi2StablelmQwen2MoeAndOlmo3HaveTheirNames()
    {
        QFETCH(QString, modelClass);
        QFETCH(QString, tensor);
        QFETCH(QString, name);
        QFETCH(QString, key);
        QFETCH(int, value);
        m_folder->putLlama();
        putConfig({{"architectures", {modelClass.toStdString()}},
                   {"partial_rotary_factor", 0.5},
                   {"shared_expert_intermediate_size", 20},
                   {"sliding_window", 7}});
        SafetensorsBytes file;
        HfFolder::add(file, tensor.toStdString(), 8, 8, 0, "F32");
        m_folder->put("model.safetensors", file.string());
        const auto model = open();
        QCOMPARE(namesOf(*model), std::vector<std::string>{name.toStdString()});
        QCOMPARE(model->metadata().integer(key.toStdString()), std::optional<std::int64_t>(value));
    }

    void gpt2sMatricesAreTurned()
    {
        m_folder->put("config.json",
                      json{{"architectures", {"GPT2LMHeadModel"}},
                           {"model_type", "gpt2"},
                           {"n_embd", 2},
                           {"n_layer", 1},
                           {"n_head", 1},
                           {"n_ctx", 8},
                           {"layer_norm_epsilon", 1e-5},
                           {"vocab_size", 6}});
        m_folder->put("tokenizer.json", HfFolder::tokenizer());
        SafetensorsBytes file;
        HfFolder::add(file, "wte.weight", 6, 2, 0, "F32");
        HfFolder::add(file, "h.0.attn.c_attn.weight", 2, 6, 0, "F32");
        HfFolder::add(file, "h.0.attn.c_attn.bias", 6, 0, 0, "F32");
        HfFolder::add(file, "h.0.attn.bias", 4, 4, 0, "F32");
        m_folder->put("model.safetensors", file.string());
        const auto model = open();
        QCOMPARE(namesOf(*model), (std::vector<std::string>{"blk.0.attn_qkv.bias", "blk.0.attn_qkv.weight", "token_embd.weight"}));
        QCOMPARE(valuesOf(model, "blk.0.attn_qkv.weight"), (std::vector<float>{0, 6, 1, 7, 2, 8, 3, 9, 4, 10, 5, 11}));
        QCOMPARE(model->find("blk.0.attn_qkv.weight")->shape.extent[0], std::uint64_t(2));
        QCOMPARE(model->metadata().integer("gpt2.feed_forward_length"), std::optional<std::int64_t>(8));
    }
};

QTEST_APPLESS_MAIN(TestHfArchitectures)
#include "tst_hf_architectures.moc"
