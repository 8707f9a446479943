<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en_US">
<context>
    <name>PlacementText</name>
    <message numerus="yes">
        <source>All %n layers on the CPU</source>
        <translation>
            <numerusform>%n layer on the CPU</numerusform>
            <numerusform>All %n layers on the CPU</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>All %n layers on %1</source>
        <translation>
            <numerusform>%n layer on %1</numerusform>
            <numerusform>All %n layers on %1</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>All %n layers on %1, what lies behind them on the CPU</source>
        <translation>
            <numerusform>%n layer on %1, what lies behind it on the CPU</numerusform>
            <numerusform>All %n layers on %1, what lies behind them on the CPU</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1 of %n layers on %2, the others on the CPU</source>
        <translation>
            <numerusform>%1 of %n layer on %2, the others on the CPU</numerusform>
            <numerusform>%1 of %n layers on %2, the others on the CPU</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>halftone::app::ColumnBoard</name>
    <message numerus="yes">
        <source>%n bits</source>
        <translation>
            <numerusform>%n bit</numerusform>
            <numerusform>%n bits</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n bits (%1)</source>
        <translation>
            <numerusform>%n bit (%1)</numerusform>
            <numerusform>%n bits (%1)</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>halftone::app::DeviceList</name>
    <message numerus="yes">
        <source>%n thread(s)</source>
        <translation>
            <numerusform>%n thread</numerusform>
            <numerusform>%n threads</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>halftone::app::EvaluatePage</name>
    <message numerus="yes">
        <source>The variants did not fit the memory together; they took %n passes over the text.</source>
        <translation>
            <numerusform>The variants did not fit the memory together; they took %n pass over the text.</numerusform>
            <numerusform>The variants did not fit the memory together; they took %n passes over the text.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n variants</source>
        <translation>
            <numerusform>%n variant</numerusform>
            <numerusform>%n variants</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>halftone::app::ExpertBar</name>
    <message numerus="yes">
        <source>of %n stacked in this tensor</source>
        <translation>
            <numerusform>of %n stacked in this tensor</numerusform>
            <numerusform>of %n stacked in this tensor</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>halftone::app::HeldBar</name>
    <message numerus="yes">
        <source>Held, lower right: %1, %2. Yours: %3. %n tensor(s) differ.</source>
        <translation>
            <numerusform>Held, lower right: %1, %2. Yours: %3. %n tensor differs.</numerusform>
            <numerusform>Held, lower right: %1, %2. Yours: %3. %n tensors differ.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>halftone::app::HistogramCard</name>
    <message numerus="yes">
        <source>%n tensors</source>
        <translation>
            <numerusform>%n tensor</numerusform>
            <numerusform>%n tensors</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Histogram of %n tensors</source>
        <translation>
            <numerusform>Histogram of %n tensor</numerusform>
            <numerusform>Histogram of %n tensors</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>halftone::app::HistoryMenu</name>
    <message numerus="yes">
        <source>%1 on %2, %3 × %4 tokens, %n variants, %5</source>
        <translation>
            <numerusform>%1 on %2, %3 × %4 tokens, %n variant, %5</numerusform>
            <numerusform>%1 on %2, %3 × %4 tokens, %n variants, %5</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>halftone::app::Inspector</name>
    <message numerus="yes">
        <source>%n tensors</source>
        <translation>
            <numerusform>%n tensor</numerusform>
            <numerusform>%n tensors</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>halftone::app::PlanMatrixModel</name>
    <message numerus="yes">
        <source>and %n more</source>
        <translation>
            <numerusform>and %n more</numerusform>
            <numerusform>and %n more</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>halftone::app::QuantizeDialog</name>
    <message numerus="yes">
        <source>%n tensors get another type, because their rows are not whole blocks.</source>
        <translation>
            <numerusform>%n tensor gets another type, because its rows are not whole blocks.</numerusform>
            <numerusform>%n tensors get another type, because their rows are not whole blocks.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>halftone::app::RecipeStrip</name>
    <message numerus="yes">
        <source>%n by hand</source>
        <translation>
            <numerusform>%n by hand</numerusform>
            <numerusform>%n by hand</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n pin(s)</source>
        <translation>
            <numerusform>%n pin</numerusform>
            <numerusform>%n pins</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n fallback(s)</source>
        <translation>
            <numerusform>%n fall-back</numerusform>
            <numerusform>%n fall-backs</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>halftone::app::StatusLine</name>
    <message numerus="yes">
        <source>%n thread(s)</source>
        <translation>
            <numerusform>%n thread</numerusform>
            <numerusform>%n threads</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n job(s)</source>
        <translation>
            <numerusform>%n job</numerusform>
            <numerusform>%n jobs</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>halftone::app::TensorTreeModel</name>
    <message numerus="yes">
        <source>%1, %n tensor(s)</source>
        <translation>
            <numerusform>%1, %n tensor</numerusform>
            <numerusform>%1, %n tensors</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>halftone::app::VariantMenu</name>
    <message numerus="yes">
        <source>%n bits (%1)</source>
        <translation>
            <numerusform>%n bit (%1)</numerusform>
            <numerusform>%n bits (%1)</numerusform>
        </translation>
    </message>
</context>
</TS>
