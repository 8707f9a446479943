<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de_DE">
<context>
    <name>ChartExport</name>
    <message>
        <source>Save chart</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The chart could not be saved as %1: %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save as PNG…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save as SVG…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save numbers as CSV…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy picture</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>FormatText</name>
    <message>
        <source>reading</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>quantizing</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>writing</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This cannot be done as asked.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The output would overwrite its own source.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The file is damaged or not what its name says.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The file is sound, but this cannot be done with it yet.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The disk or the system refused.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is not enough room on the disk.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is not enough memory.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancelled.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Download or copy it again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose another name.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Free some space or choose another disk.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close other programs or use a smaller model.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check the folder and its permissions.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 bytes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 bits / weight</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1/s</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 million weights/s</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 tensors/s</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 tokens/s</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>not a number</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>kept: norms, vectors and the like are never quantized</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>kept as it is</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the preset&apos;s main type</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>preset rule for the output matrix</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>preset rule for the output: the embedding is the output too</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>preset rule for the token embedding</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>preset rule for attn_v</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>preset rule for attn_k</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>preset rule for attn_qkv</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>preset rule for attn_output</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>preset rule for ffn_down</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>preset rule for ffn_gate</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>preset rule for ffn_up</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>every matrix alike</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>pattern %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>a pattern</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>chosen by hand</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>copied: its type cannot be read here yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>computing</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>generating</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>measuring perplexity</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>measuring divergence</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>PlanText</name>
    <message>
        <source>tok</source>
        <comment>token embedding, column header</comment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>out</source>
        <comment>output matrix, column header</comment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>gate ×</source>
        <comment>experts&apos; gate, column header</comment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>up ×</source>
        <comment>experts&apos; up, column header</comment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>down ×</source>
        <comment>experts&apos; down, column header</comment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>router</source>
        <comment>column header</comment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>norm</source>
        <comment>column header</comment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>bias</source>
        <comment>column header</comment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>other</source>
        <comment>column header</comment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>token embedding</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>output matrix</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>attention query</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>attention key</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>attention value</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>attention query, key and value in one</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>attention output</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>feed-forward gate</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>feed-forward up</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>feed-forward down</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>feed-forward gate of all experts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>feed-forward up of all experts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>feed-forward down of all experts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>expert router</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>norm</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>bias</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>rope factors</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>other</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 → %2 · %3 → %4</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>decided by: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>fall-back: rows of %1 do not fit %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>pinned: presets leave it alone</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>QMenu</name>
    <message>
        <source>%1	%2 bits</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>QObject</name>
    <message>
        <source>pinned</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>SizeRows</name>
    <message>
        <source>outside the layers</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>layer %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1: %2, before %3</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1: %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1, before %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 bits: %2</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>halftone::app::BitChips</name>
    <message>
        <source>Paint with %1</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>halftone::app::BitsBar</name>
    <message>
        <source>%1 bits: %2, %3 %</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Bytes by bits</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>halftone::app::CompareColumn</name>
    <message>
        <source>Change this column</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 tok/s</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>perplexity %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>KL %1 · ppl %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>reference</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>not measured yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>perplexity %1, KL divergence %2 ± %3, 99 % below %4, the same most probable token in %5 % of %6 places</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>halftone::app::ComparePage</name>
    <message>
        <source>Prompt</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The text every column continues</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Topics</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Let every column write (Ctrl+Return)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>seed </source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Seed: the same seed draws the same numbers in every column</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>temp </source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Temperature: 0 always takes the most probable token</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source> tokens</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>At most this many tokens</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Follow original</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Lead every column along the original&apos;s words, and shade how much less it believes in them</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Measure</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Perplexity and KL divergence of every column on held-out text</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add column</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Token</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>point at any word: its probability in every column</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Probabilities of the token in every column</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open a model to read its versions side by side.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Original</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%n bits</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n bits (%1)</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>Current recipe</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Saved recipe...</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Original beside 8, 6, 5, 4, 3 and 2 bits</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove this column</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Saved recipe</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Recipes (*.json)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 cannot be read: %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1: %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>preparing...</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Compare</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>stopped</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Token %1 “%2”</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>measuring...</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Perplexity and KL divergence</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stop</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Run</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This model cannot write here: %1. Histograms, plan and quantizing work on it all the same.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>halftone::app::ErrorPlot</name>
    <message>
        <source>Error against bits</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>bits per weight</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1, %2
RMSE %3 · signal / noise %4 dB
Click to choose it</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>halftone::app::EvaluatePage</name>
    <message>
        <source>Evaluate</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This screen will measure every variant of a model: perplexity and divergence against size, time per token against bits, confidence before and after. Until then Compare measures its columns, and halftone-cli measures files.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>halftone::app::ExplorePage</name>
    <message>
        <source>Histogram</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Weights</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Error</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What the histogram counts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Linear</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Log</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Scale of the histogram</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Format whose levels are drawn</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The format whose levels are laid over the weights and whose error is shown</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>histogram</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All layers</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>layers</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Error against bits</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>noise below signal, dB</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>error</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>|w|, rows × columns</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Mean</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Largest</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What a cell of the map shows</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>map</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open a model to look into its weights.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Select a tensor in the tree to look into its weights.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Computing…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Grid of %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 weights</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Histogram of %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%n tensors</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>%1 weights together</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>Histogram of %n tensors</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>%1 as %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This tensor keeps its type: it is small, and the model depends on its exact values.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Error of %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The rows of this tensor fit no format with fewer bits.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>all layers</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All layers of %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>all layers, a part of each</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Map of %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Select a single tensor to see its error.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This tensor keeps its type, so nothing is lost.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>from</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>to</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>min</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>max</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>std</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>beyond 6σ</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>NaN or infinite</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>levels of a typical block of %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>RMSE</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>signal / noise</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 dB</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>quantizing to %1…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>no outlier columns</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>outlier columns: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This file holds a vocabulary and no weights.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Grid of %1, as planned</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>halftone::app::HeatMapView</name>
    <message>
        <source>Map of |w|, rows by columns</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 rows, %2 columns</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>column 0</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>rows 0 to %1 from the top</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>row %1, column %2
mean |w| %3, largest %4</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>halftone::app::HistogramPlot</name>
    <message>
        <source>Histogram</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 weights</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 weights → level %2 of %3 (%4)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>mean error %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>value of a weight</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>error: quantized minus original</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>weights</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>halftone::app::Inspector</name>
    <message>
        <source>Weights</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Inspector</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>of no stated architecture</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>weights</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>tensors</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>layers</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>width</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>context</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>bits / weight</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tokenizer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>kind</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>splits like</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>vocabulary</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How this model splits text is not known for sure.</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%n tensors</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>%1 weights</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>type now</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>chosen</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>bytes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>layer %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the output matrix too</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>decided by</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 was wanted, but its block does not fit rows of %2 weights.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>min · max</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>mean · std</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>kurtosis</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>|w| &gt; 6σ</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Statistics of %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>3 for a normal distribution; more means heavier tails</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>weights further than six standard deviations from the mean</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>zeros</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>not finite</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>At %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>RMSE</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>signal / noise</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>cosine</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Error of %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>root of the mean squared difference</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 dB</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>of the angle between the weights before and after</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>largest error</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>halftone::app::JobsPanel</name>
    <message>
        <source>Pause</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>stopping</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>paused</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 %</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 left</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Resume</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No jobs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Jobs</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>halftone::app::LearnPage</name>
    <message>
        <source>Learn</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This screen will explain scale, zero-point, block, outlier and error in short lessons with live controls, on the weights of the open model. Until then Explore shows all of them at work.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>halftone::app::LogView</name>
    <message>
        <source>Log</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing happened yet</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>halftone::app::MainWindow</name>
    <message>
        <source>Halftone</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Explore</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Plan</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Compare</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Evaluate</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Learn</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Everything is computed on the CPU, with its widest instructions</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Dismiss</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 – Halftone</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Recipes (*.json)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open a model…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open the sample model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close the model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save recipe</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save the recipe to a file (Ctrl+S)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Load recipe</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Load a recipe from a file (Ctrl+L)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Quantize…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Quit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Undo</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Redo</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose a preset</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Filter tensors</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tensors</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Inspector</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Log</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keyboard shortcuts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>About Halftone</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Recent</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Forget these</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Theme</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>As the system</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Light</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Dark</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Language</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open a model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Models (*.gguf);;All files (*)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Saving the recipe</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Saved the recipe to %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Loading a recipe</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>load %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Halftone will use it from the next start on.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>2 3 4 5 6 8</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>bits of the selected tensors</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>keep the source&apos;s type</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>pin: presets leave it alone</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Shows what every bit of a language model costs.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A halftone print gives a continuous image with a few discrete tones. Quantization does that to weights.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Free software under the GNU General Public License, version 3 or later; its engine under the Apache License 2.0. Built with Qt %1.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>halftone::app::PictureMaker</name>
    <message>
        <source>halftone: %1 cannot be made</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>halftone: %1 cannot be written</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>halftone::app::PlanMatrixModel</name>
    <message>
        <source>layer %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>output</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>embedding</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>mix</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>and %n more</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>%1, %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1: none</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1: %2 bits</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>, pinned</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>, fall-back</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>halftone::app::PlanMatrixView</name>
    <message>
        <source>Bits per layer and role</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>As the recipe says</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pin or unpin</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Look into the weights</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>halftone::app::PlanPage</name>
    <message>
        <source>Open a model to choose its bits.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Bits per layer and role</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Matrix</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tensors</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How the plan is shown</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>paint with</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pick a colour and drag, or click a header. Keys: 2–8 bits, 0 source, P pin. Underlined: by hand. Folded corner: fall-back.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Size</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Presets</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Roles</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Layers</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What the sizes are of</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What decides</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Rules</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>by name, strongest first</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sizes of the presets</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>your recipe</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Exact sizes; a click applies the preset. Quality against size and the budget slider need the sensitivity measurement of a later version.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Filled: after quantizing, by bits. Outline: now. Click to select these tensors.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 → %2 where rows of %3 do not fit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 · %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>fall-back: </source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>pinned</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>halftone::app::PlanTableModel</name>
    <message>
        <source>Tensor</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Layer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Role</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Shape</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Now</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Chosen</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Bytes now</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Bytes then</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Decided by</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>, fall-back from %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1, pinned</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>halftone::app::PlanTableView</name>
    <message>
        <source>Filter by name, role, type or rule</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Filter tensors</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tensors</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>halftone::app::QuantizeDialog</name>
    <message>
        <source>Quantize</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancelled. Nothing was written.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Output file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose...</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Quantize again what is quantized already (quality suffers twice)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Recipe</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Write to</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Exact size</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Free there</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pause</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go on in the background</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go on</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show in folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>GGUF models (*.gguf)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is not enough room: %1 are missing.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>unknown</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The folder %1 does not exist or cannot be used.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A file name is missing.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This is the open model itself; the source is never overwritten.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Some tensors are quantized already; a float source gives better results.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The file exists and will be replaced once the new one is complete.</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%n tensors get another type, because their rows are not whole blocks.</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>Quantize %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Starting...</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 %</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 left</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Paused</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 is complete: %2, %3, in %4 s, bound by %5.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>halftone::app::RecipeStrip</name>
    <message>
        <source>KL not measured yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose a preset (Ctrl+R)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How far the output&apos;s predictions drift from the original&apos;s (KL divergence). Compare measures it for a recipe; a forecast for every edit is to come.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Write the quantized file (%1)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 bits</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Every matrix alike</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Unchanged</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sizes of the presets</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No model open</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1, %2 weights</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Recipe: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%n by hand</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n pin(s)</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>The output will have exactly %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%n fallback(s)</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>Rows that are no multiple of the wanted block get the next type that fits; the tree marks them.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>halftone::app::RidgeView</name>
    <message>
        <source>Histograms of all layers</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Layer %1: standard deviation %2, largest |w| %3</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>halftone::app::RulesEditor</name>
    <message>
        <source>Make the rule stronger</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Make the rule weaker</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove the rule</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Rules</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pattern, such as blk\.[0-3]\.ffn_down</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pattern of a new rule</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Type of a new rule</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add the rule behind the others</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Rule %1 %2.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The first rule that matches decides; a choice by hand is stronger.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>tensors that match: %1</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>halftone::app::RulesModel</name>
    <message>
        <source>Change rule %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Name matches</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Type</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Effect here</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add rule</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove rule %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Move rule %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A rule needs a pattern, such as ffn_down.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>“%1” is not a regular expression: %2, at character %3.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>matches no tensor of this model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>decides all %1 matches</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>decides %1 of %2 matches</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>never decides: rule %1 matches first</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>never decides: its tensors were chosen by hand</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>halftone::app::SizeList</name>
    <message>
        <source>Sizes</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>halftone::app::StartPage</name>
    <message>
        <source>today</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>yesterday</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>d MMMM</source>
        <comment>date without a year</comment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Recent</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What does every bit cost?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open a language model, look into its layers, choose their bits, read the difference.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A .gguf file; one part of a split model opens them all. Or drop it here.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>fairytale-7m, 15 MB, comes with the program. Everything works on it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open %1, %2, %3</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>halftone::app::StatusLine</name>
    <message>
        <source>looking for Vulkan devices</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%n thread(s)</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n job(s)</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>no jobs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>memory %1 of %2 GB</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>memory %1 GB</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Looking for Vulkan devices</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1, driver %2, Vulkan %3, %4</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Vulkan: none found, using the CPU</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Vulkan: %1; computing on the CPU</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>halftone::app::TensorTree</name>
    <message>
        <source>Filter tensors</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Filter tensors by name</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tensors of the model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keep the source&apos;s type	0</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Back to what the recipe says</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pin or unpin	P</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy name</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>halftone::app::TensorTreeModel</name>
    <message>
        <source>Embedding</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Layer %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Output</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Norms</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Others</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>mix</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%1, %n tensor(s)</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>%1, chosen</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>= output</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 was wanted; its block does not fit rows of %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>pinned: presets leave it alone</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>halftone::app::TokenDetailsModel</name>
    <message>
        <source>%1 (other text)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>not among this column&apos;s likeliest tokens</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>this column&apos;s choice</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>token</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>halftone::app::TopBar</name>
    <message>
        <source>Halftone</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>More</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Help, theme, language</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Screens</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>halftone::app::Workspace</name>
    <message>
        <source>Opening %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>sample model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The sample model is missing; install the program again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Opened %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>all %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>unchanged</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>recipe %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>choose %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>back to the recipe</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>pin</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>unpin</source>
        <translation type="unfinished"></translation>
    </message>
</context>
</TS>
