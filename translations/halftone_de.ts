<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de_DE">
<context>
    <name>AffineLesson</name>
    <message>
        <source>Bits</source>
        <translation>Bits</translation>
    </message>
    <message>
        <source>Levels</source>
        <translation>Stufen</translation>
    </message>
    <message>
        <source>symmetric</source>
        <translation>symmetrisch</translation>
    </message>
    <message>
        <source>affine</source>
        <translation>affin</translation>
    </message>
    <message>
        <source>Scale</source>
        <translation>Skala</translation>
    </message>
    <message>
        <source>Minimum</source>
        <translation>Minimum</translation>
    </message>
    <message>
        <source>Zero point</source>
        <translation>Nullpunkt</translation>
    </message>
    <message>
        <source>The code that stands for zero, or where it would lie</source>
        <translation>Der Code, der für null steht, oder wo er läge</translation>
    </message>
    <message>
        <source>Bits per weight</source>
        <translation>Bits je Gewicht</translation>
    </message>
    <message>
        <source>RMSE, symmetric</source>
        <translation>RMSE, symmetrisch</translation>
    </message>
    <message>
        <source>RMSE, affine</source>
        <translation>RMSE, affin</translation>
    </message>
    <message>
        <source>Affine and symmetric</source>
        <translation>Affin und symmetrisch</translation>
    </message>
    <message>
        <source>Symmetric levels lie around zero and need a scale only. Affine levels begin at the block&apos;s least weight and end at its largest, so none is wasted, but the minimum has to be stored too. This is the block of the tensor that lies farthest to one side, where that pays most. Q4_0 is of the first kind, Q4_1 and Q4_K are of the second.</source>
        <translation>Symmetrische Stufen liegen um die Null und brauchen nur eine Skala. Affine Stufen beginnen beim kleinsten Gewicht des Blocks und enden beim größten: Keine ist verschenkt, doch auch das Minimum muss gespeichert werden. Dies ist der Block des Tensors, der am weitesten auf einer Seite liegt; da lohnt es am meisten. Q4_0 ist von der ersten Art, Q4_1 und Q4_K sind von der zweiten.</translation>
    </message>
</context>
<context>
    <name>AnatomyLesson</name>
    <message>
        <source>Format</source>
        <translation>Format</translation>
    </message>
    <message>
        <source>Sub-block</source>
        <translation>Teilblock</translation>
    </message>
    <message>
        <source>Its scale</source>
        <translation>Seine Skala</translation>
    </message>
    <message>
        <source>Its minimum</source>
        <translation>Sein Minimum</translation>
    </message>
    <message>
        <source>The rows of this tensor do not divide into blocks of these formats. Select another one.</source>
        <translation>Die Zeilen dieses Tensors gehen nicht in Blöcke dieser Formate auf. Wählen Sie einen anderen.</translation>
    </message>
    <message>
        <source>Anatomy of a format</source>
        <translation>Anatomie eines Formats</translation>
    </message>
    <message>
        <source>This is one block of the tensor as it lies in the file, each field as wide as it has bits. In a k-quant 256 weights form a super-block: its sub-blocks have scales (and minimums) of a few bits, which two 16-bit numbers multiply. Turn those of a sub-block: its weights snap to new levels, and only its own.</source>
        <translation>So liegt ein Block des Tensors in der Datei, jedes Feld so breit, wie es Bits hat. In einem k-Quant bilden 256 Gewichte einen Superblock: Seine Teilblöcke haben Skalen (und Minima) von wenigen Bits, die zwei 16-Bit-Zahlen vervielfachen. Drehen Sie an denen eines Teilblocks: Seine Gewichte springen auf neue Stufen, und nur seine.</translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <comment>a stored number and the largest one</comment>
        <translation>%1 von %2</translation>
    </message>
    <message>
        <source>d, scale</source>
        <translation>d, Skala</translation>
    </message>
    <message>
        <source>m, minimum</source>
        <translation>m, Minimum</translation>
    </message>
    <message>
        <source>dmin</source>
        <translation>dmin</translation>
    </message>
    <message>
        <source>scales</source>
        <translation>Skalen</translation>
    </message>
    <message>
        <source>scales and minimums</source>
        <translation>Skalen und Minima</translation>
    </message>
    <message>
        <source>codes</source>
        <translation>Codes</translation>
    </message>
    <message>
        <source>low bits of the codes</source>
        <translation>untere Bits der Codes</translation>
    </message>
    <message>
        <source>high bits</source>
        <translation>obere Bits</translation>
    </message>
    <message>
        <source>Bits per weight</source>
        <translation>Bits je Gewicht</translation>
    </message>
    <message>
        <source>Step</source>
        <translation>Schritt</translation>
    </message>
    <message>
        <source>RMSE, block</source>
        <translation>RMSE, Block</translation>
    </message>
    <message>
        <source>RMSE, sub-block</source>
        <translation>RMSE, Teilblock</translation>
    </message>
    <message>
        <source>Best possible</source>
        <translation>Bestmöglich</translation>
    </message>
    <message>
        <source>RMSE of these weights with the best of all positions of the knobs</source>
        <translation>RMSE dieser Gewichte bei der besten aller Stellungen der Regler</translation>
    </message>
    <message>
        <source>Best scale</source>
        <translation>Beste Skala</translation>
    </message>
    <message>
        <source>Best minimum</source>
        <translation>Bestes Minimum</translation>
    </message>
</context>
<context>
    <name>BudgetScale</name>
    <message>
        <source>KL %1</source>
        <translation>KL %1</translation>
    </message>
</context>
<context>
    <name>ChartExport</name>
    <message>
        <source>Save chart</source>
        <translation>Diagramm speichern</translation>
    </message>
    <message>
        <source>The chart could not be saved as %1: %2</source>
        <translation>Das Diagramm konnte nicht als %1 gespeichert werden: %2</translation>
    </message>
    <message>
        <source>Save as PNG…</source>
        <translation>Als PNG speichern…</translation>
    </message>
    <message>
        <source>Save as SVG…</source>
        <translation>Als SVG speichern…</translation>
    </message>
    <message>
        <source>Save numbers as CSV…</source>
        <translation>Zahlen als CSV speichern…</translation>
    </message>
    <message>
        <source>Copy picture</source>
        <translation>Bild kopieren</translation>
    </message>
</context>
<context>
    <name>CodeBookLesson</name>
    <message>
        <source>Levels</source>
        <translation>Stufen</translation>
    </message>
    <message>
        <source>evenly spaced</source>
        <translation>gleichmäßig</translation>
    </message>
    <message>
        <source>IQ4_NL&apos;s table</source>
        <translation>Tabelle von IQ4_NL</translation>
    </message>
    <message>
        <source>best for these weights</source>
        <translation>beste für diese Gewichte</translation>
    </message>
    <message>
        <source>Bits</source>
        <translation>Bits</translation>
    </message>
    <message>
        <source>RMSE, evenly spaced</source>
        <translation>RMSE, gleichmäßig</translation>
    </message>
    <message>
        <source>RMSE, IQ4_NL&apos;s table</source>
        <translation>RMSE, IQ4_NL</translation>
    </message>
    <message>
        <source>4 bits only</source>
        <translation>nur 4 Bits</translation>
    </message>
    <message>
        <source>RMSE, best</source>
        <translation>RMSE, beste</translation>
    </message>
    <message>
        <source>Code books</source>
        <translation>Codebücher</translation>
    </message>
    <message>
        <source>Divide every weight by the largest of its block, and all blocks look alike: the largest itself lies at 1, most others near zero. Levels that lie closer together there lose less than even ones of as many bits. IQ4_NL has one fixed table for all models; the best levels for these weights (each the mean of the weights it serves) show how much is left to gain.</source>
        <translation>Teilt man jedes Gewicht durch das größte seines Blocks, sehen alle Blöcke gleich aus: Das größte selbst liegt bei 1, die meisten anderen nahe null. Stufen, die dort dichter liegen, verlieren weniger als gleichmäßige von ebenso vielen Bits. IQ4_NL hat eine feste Tabelle für alle Modelle; die besten Stufen für diese Gewichte (jede der Mittelwert derer, die sie bedient) zeigen, was noch zu gewinnen ist.</translation>
    </message>
    <message>
        <source>As a share of the block&apos;s largest weight</source>
        <translation>Als Anteil am größten Gewicht des Blocks</translation>
    </message>
    <message>
        <source>weight, as a share of its block&apos;s largest</source>
        <translation>Gewicht, als Anteil am größten seines Blocks</translation>
    </message>
    <message>
        <source>% of the weights</source>
        <translation>% der Gewichte</translation>
    </message>
</context>
<context>
    <name>ComparisonExport</name>
    <message>
        <source>The comparison could not be saved as %1: %2</source>
        <translation>Der Vergleich konnte nicht als %1 gespeichert werden: %2</translation>
    </message>
    <message>
        <source>Save comparison</source>
        <translation>Vergleich speichern</translation>
    </message>
</context>
<context>
    <name>DeviceTexts</name>
    <message>
        <source>graphics card</source>
        <translation>Grafikkarte</translation>
    </message>
    <message>
        <source>part of the processor</source>
        <translation>Teil des Prozessors</translation>
    </message>
    <message>
        <source>virtual</source>
        <translation>virtuell</translation>
    </message>
    <message>
        <source>software: a program that computes on the CPU, slower than Halftone does there</source>
        <translation>Software: ein Programm, das auf der CPU rechnet, langsamer als Halftone dort</translation>
    </message>
    <message>
        <source>of another kind</source>
        <translation>von anderer Art</translation>
    </message>
    <message>
        <source>16-bit storage</source>
        <translation>16-Bit-Speicher</translation>
    </message>
    <message>
        <source>8-bit storage</source>
        <translation>8-Bit-Speicher</translation>
    </message>
    <message>
        <source>16-bit floats</source>
        <translation>16-Bit-Gleitkommazahlen</translation>
    </message>
    <message>
        <source>integer dot products</source>
        <translation>ganzzahlige Skalarprodukte</translation>
    </message>
    <message>
        <source>matrix units</source>
        <translation>Matrixeinheiten</translation>
    </message>
    <message>
        <source>subgroups of %1</source>
        <translation>Untergruppen zu %1</translation>
    </message>
    <message>
        <source>Vulkan %1</source>
        <translation>Vulkan %1</translation>
    </message>
    <message>
        <source>%1 of %2 free</source>
        <translation>%1 von %2 frei</translation>
    </message>
    <message>
        <source>%1; the driver does not say what is free</source>
        <translation>%1; der Treiber sagt nicht, was frei ist</translation>
    </message>
    <message>
        <source>Vulkan is not installed: everything computes on the CPU.</source>
        <translation>Vulkan ist nicht installiert: Alles rechnet auf der CPU.</translation>
    </message>
    <message>
        <source>Vulkan is installed, but it has no working driver: everything computes on the CPU.</source>
        <translation>Vulkan ist installiert, hat aber keinen Treiber, der funktioniert: Alles rechnet auf der CPU.</translation>
    </message>
    <message>
        <source>Vulkan found no device: everything computes on the CPU.</source>
        <translation>Vulkan hat kein Gerät gefunden: Alles rechnet auf der CPU.</translation>
    </message>
    <message>
        <source>This build has no Vulkan support: everything computes on the CPU.</source>
        <translation>Dieses Programm wurde ohne Vulkan übersetzt: Alles rechnet auf der CPU.</translation>
    </message>
    <message>
        <source>No device can be used, everything computes on the CPU: %1</source>
        <translation>Kein Gerät ist zu gebrauchen, alles rechnet auf der CPU: %1</translation>
    </message>
</context>
<context>
    <name>EntropyLesson</name>
    <message>
        <source>Codes of</source>
        <translation>Codes von</translation>
    </message>
    <message>
        <source>Bits</source>
        <translation>Bits</translation>
    </message>
    <message>
        <source>Weights per scale</source>
        <translation>Gewichte je Skala</translation>
    </message>
    <message>
        <source>even levels</source>
        <translation>gleichmäßigen Stufen</translation>
    </message>
    <message>
        <source>Bits stored per code</source>
        <translation>Gespeicherte Bits je Code</translation>
    </message>
    <message>
        <source>Entropy</source>
        <translation>Entropie</translation>
    </message>
    <message>
        <source>%1 bits</source>
        <translation>%1 Bits</translation>
    </message>
    <message>
        <source>What an ideal coder needs per code, if it knows how often each one comes</source>
        <translation>Was ein idealer Codierer je Code braucht, der weiß, wie oft jeder vorkommt</translation>
    </message>
    <message>
        <source>It would save</source>
        <translation>Sie würde sparen</translation>
    </message>
    <message>
        <source>Of the codes&apos; bits</source>
        <translation>Von den Bits der Codes</translation>
    </message>
    <message>
        <source>Most frequent code</source>
        <translation>Häufigster Code</translation>
    </message>
    <message>
        <source>Every code takes as many bits as the next, but they do not come equally often. Entropy is what the codes would take if frequent ones got short names and rare ones long names. The closer it is to the bits stored, the better the format uses them. It is also why zipping a quantized model gains so little.</source>
        <translation>Jeder Code kostet gleich viele Bits, doch nicht jeder kommt gleich oft vor. Entropie ist, was die Codes kosten würden, bekämen häufige kurze und seltene lange Namen. Je näher sie den gespeicherten Bits kommt, desto besser nutzt das Format sie. Sie ist auch der Grund, warum es so wenig bringt, ein quantisiertes Modell zu packen.</translation>
    </message>
    <message>
        <source>code</source>
        <translation>Code</translation>
    </message>
    <message>
        <source>% of the weights</source>
        <translation>% der Gewichte</translation>
    </message>
</context>
<context>
    <name>EvaluationExport</name>
    <message>
        <source>The evaluation could not be saved as %1: %2</source>
        <translation>Die Auswertung ließ sich nicht als %1 speichern: %2</translation>
    </message>
    <message>
        <source>Save evaluation</source>
        <translation>Auswertung speichern</translation>
    </message>
</context>
<context>
    <name>EvaluationJob</name>
    <message>
        <source>The file of earlier evaluations was damaged; it was moved to %1.</source>
        <translation>Die Datei früherer Auswertungen war beschädigt; sie wurde nach %1 verschoben.</translation>
    </message>
</context>
<context>
    <name>FeedbackLesson</name>
    <message>
        <source>Bits</source>
        <translation>Bits</translation>
    </message>
    <message>
        <source>Correlation of neighbours, ρ</source>
        <translation>Korrelation der Nachbarn, ρ</translation>
    </message>
    <message>
        <source>Share of the error passed on</source>
        <translation>Weitergegebener Teil des Fehlers</translation>
    </message>
    <message>
        <source>rounded to nearest</source>
        <translation>zum nächsten gerundet</translation>
    </message>
    <message>
        <source>with error feedback</source>
        <translation>mit Fehlerrückführung</translation>
    </message>
    <message>
        <source>weights of the row quantized so far</source>
        <translation>bisher quantisierte Gewichte der Zeile</translation>
    </message>
    <message>
        <source>output error, % of the output</source>
        <translation>Fehler der Ausgabe, % der Ausgabe</translation>
    </message>
    <message>
        <source>Output error, plain</source>
        <translation>Ausgabefehler, ohne</translation>
    </message>
    <message>
        <source>… with feedback</source>
        <translation>… mit Rückführung</translation>
    </message>
    <message>
        <source>RMSE, plain</source>
        <translation>RMSE, ohne</translation>
    </message>
    <message>
        <source>Of the weights</source>
        <translation>Der Gewichte</translation>
    </message>
    <message>
        <source>RMSE, with feedback</source>
        <translation>RMSE, mit</translation>
    </message>
    <message>
        <source>Of the weights: it rises, and yet the output is nearer</source>
        <translation>Der Gewichte: Er steigt, und doch ist die Ausgabe näher</translation>
    </message>
    <message>
        <source>Error feedback</source>
        <translation>Fehlerrückführung</translation>
    </message>
    <message>
        <source>A halftone print passes each dot&apos;s error to its neighbour, so that the eye sees the right grey. The same works for weights: what counts is the output, a sum over a row, and where neighbouring inputs are alike an error can be made good by the next weight. For inputs with correlation ρ between neighbours, ρ² between the next, and so on, this is exactly what GPTQ does.</source>
        <translation>Ein Rasterdruck gibt den Fehler jedes Punktes an seinen Nachbarn weiter, damit das Auge das richtige Grau sieht. Das geht auch mit Gewichten: Es zählt die Ausgabe, eine Summe über eine Zeile, und wo benachbarte Eingaben sich ähneln, kann das nächste Gewicht einen Fehler gutmachen. Für Eingaben mit der Korrelation ρ zwischen Nachbarn, ρ² zwischen den übernächsten und so weiter ist das genau, was GPTQ tut.</translation>
    </message>
    <message>
        <source>Expected square of the error of the output, as a share of the output&apos;s own</source>
        <translation>Erwartetes Quadrat des Fehlers der Ausgabe, als Anteil an dem der Ausgabe selbst</translation>
    </message>
</context>
<context>
    <name>FormatText</name>
    <message>
        <source>reading</source>
        <translation>Lesen</translation>
    </message>
    <message>
        <source>quantizing</source>
        <translation>Quantisieren</translation>
    </message>
    <message>
        <source>writing</source>
        <translation>Schreiben</translation>
    </message>
    <message>
        <source>This cannot be done as asked.</source>
        <translation>Das geht so nicht.</translation>
    </message>
    <message>
        <source>The output would overwrite its own source.</source>
        <translation>Die Ausgabe würde ihre eigene Quelle überschreiben.</translation>
    </message>
    <message>
        <source>The file is damaged or not what its name says.</source>
        <translation>Die Datei ist beschädigt oder nicht, was ihr Name sagt.</translation>
    </message>
    <message>
        <source>The file is sound, but this cannot be done with it yet.</source>
        <translation>Die Datei ist in Ordnung, aber das geht mit ihr noch nicht.</translation>
    </message>
    <message>
        <source>The disk or the system refused.</source>
        <translation>Der Datenträger oder das System hat abgelehnt.</translation>
    </message>
    <message>
        <source>There is not enough room on the disk.</source>
        <translation>Auf dem Datenträger ist nicht genug Platz.</translation>
    </message>
    <message>
        <source>There is not enough memory.</source>
        <translation>Der Speicher reicht nicht.</translation>
    </message>
    <message>
        <source>Cancelled.</source>
        <translation>Abgebrochen.</translation>
    </message>
    <message>
        <source>Download or copy it again.</source>
        <translation>Noch einmal herunterladen oder kopieren.</translation>
    </message>
    <message>
        <source>Choose another name.</source>
        <translation>Einen anderen Namen wählen.</translation>
    </message>
    <message>
        <source>Free some space or choose another disk.</source>
        <translation>Platz schaffen oder einen anderen Datenträger wählen.</translation>
    </message>
    <message>
        <source>Close other programs or use a smaller model.</source>
        <translation>Andere Programme schließen oder ein kleineres Modell nehmen.</translation>
    </message>
    <message>
        <source>Check the folder and its permissions.</source>
        <translation>Ordner und Rechte prüfen.</translation>
    </message>
    <message>
        <source>%1 bytes</source>
        <translation>%1 Bytes</translation>
    </message>
    <message>
        <source>%1 bits / weight</source>
        <translation>%1 Bit / Gewicht</translation>
    </message>
    <message>
        <source>%1/s</source>
        <translation>%1/s</translation>
    </message>
    <message>
        <source>%1 million weights/s</source>
        <translation>%1 Millionen Gewichte/s</translation>
    </message>
    <message>
        <source>%1 tensors/s</source>
        <translation>%1 Tensoren/s</translation>
    </message>
    <message>
        <source>%1 tokens/s</source>
        <translation>%1 Tokens/s</translation>
    </message>
    <message>
        <source>not a number</source>
        <translation>keine Zahl</translation>
    </message>
    <message>
        <source>kept: norms, vectors and the like are never quantized</source>
        <translation>behalten: Normen, Vektoren und Ähnliches werden nie quantisiert</translation>
    </message>
    <message>
        <source>kept as it is</source>
        <translation>bleibt, wie es ist</translation>
    </message>
    <message>
        <source>the preset&apos;s main type</source>
        <translation>Haupttyp der Voreinstellung</translation>
    </message>
    <message>
        <source>preset rule for the output matrix</source>
        <translation>Regel für die Ausgabematrix</translation>
    </message>
    <message>
        <source>preset rule for the output: the embedding is the output too</source>
        <translation>Regel für die Ausgabe: die Einbettung ist auch die Ausgabe</translation>
    </message>
    <message>
        <source>preset rule for the token embedding</source>
        <translation>Regel für die Token-Einbettung</translation>
    </message>
    <message>
        <source>preset rule for attn_v</source>
        <translation>Regel für attn_v</translation>
    </message>
    <message>
        <source>preset rule for attn_k</source>
        <translation>Regel für attn_k</translation>
    </message>
    <message>
        <source>preset rule for attn_qkv</source>
        <translation>Regel für attn_qkv</translation>
    </message>
    <message>
        <source>preset rule for attn_output</source>
        <translation>Regel für attn_output</translation>
    </message>
    <message>
        <source>preset rule for ffn_down</source>
        <translation>Regel für ffn_down</translation>
    </message>
    <message>
        <source>preset rule for ffn_gate</source>
        <translation>Regel für ffn_gate</translation>
    </message>
    <message>
        <source>preset rule for ffn_up</source>
        <translation>Regel für ffn_up</translation>
    </message>
    <message>
        <source>every matrix alike</source>
        <translation>jede Matrix gleich</translation>
    </message>
    <message>
        <source>pattern %1</source>
        <translation>Muster %1</translation>
    </message>
    <message>
        <source>a pattern</source>
        <translation>ein Muster</translation>
    </message>
    <message>
        <source>chosen by hand</source>
        <translation>von Hand gewählt</translation>
    </message>
    <message>
        <source>chosen tensor by tensor</source>
        <translation>Tensor für Tensor gewählt</translation>
    </message>
    <message>
        <source>copied: its type cannot be read here yet</source>
        <translation>kopiert: sein Typ kann hier noch nicht gelesen werden</translation>
    </message>
    <message>
        <source>computing</source>
        <translation>Rechnen</translation>
    </message>
    <message>
        <source>generating</source>
        <translation>Text erzeugen</translation>
    </message>
    <message>
        <source>measuring perplexity</source>
        <translation>Perplexität messen</translation>
    </message>
    <message>
        <source>measuring divergence</source>
        <translation>Divergenz messen</translation>
    </message>
    <message>
        <source>%1, bound by %2</source>
        <translation>%1, begrenzt durch %2</translation>
    </message>
    <message>
        <source>measuring variants</source>
        <translation>Fassungen messen</translation>
    </message>
    <message>
        <source>writing a text</source>
        <translation>einen Text schreiben</translation>
    </message>
    <message>
        <source>measuring speeds</source>
        <translation>misst Geschwindigkeiten</translation>
    </message>
    <message>
        <source>%1 tokens / s</source>
        <translation>%1 Tokens / s</translation>
    </message>
    <message>
        <source>verifying</source>
        <translation>prüft nach</translation>
    </message>
    <message>
        <source>checking what an earlier run wrote</source>
        <translation>prüft, was ein früherer Lauf geschrieben hat</translation>
    </message>
    <message>
        <source>finding singular values</source>
        <translation>sucht Singulärwerte</translation>
    </message>
</context>
<context>
    <name>GranularityLesson</name>
    <message>
        <source>Bits</source>
        <translation>Bits</translation>
    </message>
    <message>
        <source>One scale for</source>
        <translation>Eine Skala für</translation>
    </message>
    <message>
        <source>bits per weight, scales included</source>
        <translation>Bits je Gewicht, mit Skalen</translation>
    </message>
    <message>
        <source>RMSE</source>
        <translation>RMSE</translation>
    </message>
    <message>
        <source>Per tensor, row, block</source>
        <translation>Je Tensor, Zeile, Block</translation>
    </message>
    <message>
        <source>A scale has to reach the largest weight it serves. One scale for the whole tensor serves the one largest of all, and leaves coarse steps for everyone else. Smaller groups have finer steps, but each brings 16 bits more. Follow the curve: where it gets flat, smaller blocks buy little.</source>
        <translation>Eine Skala muss bis zum größten Gewicht reichen, das sie bedient. Eine einzige für den ganzen Tensor richtet sich nach dem einen größten von allen und lässt den übrigen grobe Schritte. Kleinere Gruppen haben feinere Schritte, doch jede bringt 16 Bits mehr. Folgen Sie der Kurve: Wo sie flach wird, bringen kleinere Blöcke wenig.</translation>
    </message>
    <message>
        <source>block of %1</source>
        <translation>Block von %1</translation>
    </message>
    <message>
        <source>tensor</source>
        <translation>Tensor</translation>
    </message>
    <message>
        <source>row</source>
        <translation>Zeile</translation>
    </message>
    <message>
        <source>Weights per scale</source>
        <translation>Gewichte je Skala</translation>
    </message>
    <message>
        <source>Bits per weight</source>
        <translation>Bits je Gewicht</translation>
    </message>
    <message>
        <source>Error against one scale</source>
        <translation>Gegenüber einer Skala</translation>
    </message>
    <message>
        <source>RMSE, as a multiple of what one scale for the whole tensor leaves</source>
        <translation>RMSE, als Vielfaches dessen, was eine Skala für den ganzen Tensor übrig lässt</translation>
    </message>
</context>
<context>
    <name>ModelPair</name>
    <message>
        <source>yes</source>
        <translation>ja</translation>
    </message>
    <message>
        <source>no</source>
        <translation>nein</translation>
    </message>
    <message>
        <source>%1 strings</source>
        <translation>%1 Zeichenketten</translation>
    </message>
    <message>
        <source>%1 values</source>
        <translation>%1 Werte</translation>
    </message>
    <message>
        <source>number %1 is %2</source>
        <translation>Nummer %1 ist %2</translation>
    </message>
    <message>
        <source>%1; %2</source>
        <translation>%1; %2</translation>
    </message>
    <message>
        <source>the same: %1</source>
        <translation>gleich: %1</translation>
    </message>
    <message>
        <source>another type: %1</source>
        <translation>anderer Typ: %1</translation>
    </message>
    <message>
        <source>other weights: %1</source>
        <translation>andere Gewichte: %1</translation>
    </message>
    <message>
        <source>another shape: %1</source>
        <translation>andere Form: %1</translation>
    </message>
    <message>
        <source>only in A: %1</source>
        <translation>nur in A: %1</translation>
    </message>
    <message>
        <source>only in B: %1</source>
        <translation>nur in B: %1</translation>
    </message>
    <message>
        <source>no tensors</source>
        <translation>keine Tensoren</translation>
    </message>
    <message>
        <source>tensors: %1</source>
        <translation>Tensoren: %1</translation>
    </message>
</context>
<context>
    <name>NotRunnableText</name>
    <message>
        <source>the file does not name its architecture (general.architecture)</source>
        <translation>die Datei nennt ihre Architektur nicht (general.architecture)</translation>
    </message>
    <message>
        <source>models of the architecture “%1” cannot be run yet; those that can: %2</source>
        <translation>Modelle der Architektur „%1“ laufen hier noch nicht; es laufen: %2</translation>
    </message>
    <message>
        <source>this %1 model is a mixture of experts, which cannot be run yet</source>
        <translation>dieses %1-Modell ist eine Mischung von Experten, die hier noch nicht läuft</translation>
    </message>
    <message>
        <source>it chooses its experts by a function that cannot be run yet (%1 is %2)</source>
        <translation>es wählt seine Experten mit einer Funktion, die hier noch nicht läuft (%1 ist %2)</translation>
    </message>
    <message>
        <source>models whose layers differ in shape cannot be run yet (%1 has different values)</source>
        <translation>Modelle, deren Schichten verschieden geformt sind, laufen hier noch nicht (%1 hat verschiedene Werte)</translation>
    </message>
    <message>
        <source>its position scaling “%1” cannot be run yet</source>
        <translation>seine Streckung der Positionen „%1“ läuft hier noch nicht</translation>
    </message>
    <message>
        <source>its experts are tensors of their own (%1), as in files made before 2024</source>
        <translation>seine Experten sind eigene Tensoren (%1), wie in Dateien von vor 2024</translation>
    </message>
    <message>
        <source>this %1 model has norms of queries and keys (%2)</source>
        <translation>dieses %1-Modell normiert Anfragen und Schlüssel (%2)</translation>
    </message>
    <message>
        <source>this %1 model has norms behind attention (%2)</source>
        <translation>dieses %1-Modell normiert hinter der Attention (%2)</translation>
    </message>
    <message>
        <source>this %1 model has attention sinks (%2)</source>
        <translation>dieses %1-Modell hat Attention-Senken (%2)</translation>
    </message>
    <message>
        <source>the tensor %1 has the type %2, which cannot be run yet</source>
        <translation>der Tensor %1 hat den Typ %2, der hier noch nicht läuft</translation>
    </message>
    <message>
        <source>%1 is missing from its metadata</source>
        <translation>%1 fehlt in den Metadaten</translation>
    </message>
    <message>
        <source>%1 has a value in its metadata that does not fit</source>
        <translation>%1 hat in den Metadaten einen Wert, der nicht passt</translation>
    </message>
    <message>
        <source>the tensor %1 is missing, expected shape: %2</source>
        <translation>der Tensor %1 fehlt, erwartete Form: %2</translation>
    </message>
    <message>
        <source>the tensor %1 has the shape %2, expected: %3</source>
        <translation>der Tensor %1 hat die Form %2, erwartet: %3</translation>
    </message>
    <message>
        <source>the rows of the tensor %1 are not whole blocks of %2</source>
        <translation>die Zeilen des Tensors %1 sind keine ganzen Blöcke von %2</translation>
    </message>
    <message>
        <source>the tensor %1 has no data; the file holds a vocabulary only</source>
        <translation>der Tensor %1 hat keine Daten; die Datei enthält nur ein Vokabular</translation>
    </message>
</context>
<context>
    <name>NumberLineLesson</name>
    <message>
        <source>Bits</source>
        <translation>Bits</translation>
    </message>
    <message>
        <source>Range, share of the largest |w|</source>
        <translation>Reichweite, vom größten |w|</translation>
    </message>
    <message>
        <source>Block</source>
        <translation>Block</translation>
    </message>
    <message>
        <source>Levels</source>
        <translation>Stufen</translation>
    </message>
    <message>
        <source>Step</source>
        <translation>Schritt</translation>
    </message>
    <message>
        <source>Bits per weight</source>
        <translation>Bits je Gewicht</translation>
    </message>
    <message>
        <source>The codes, and a scale of 16 bits for every 32 weights</source>
        <translation>Die Codes, und je 32 Gewichte eine Skala von 16 Bits</translation>
    </message>
    <message>
        <source>RMSE</source>
        <translation>RMSE</translation>
    </message>
    <message>
        <source>Root of the mean squared error</source>
        <translation>Wurzel des mittleren quadratischen Fehlers</translation>
    </message>
    <message>
        <source>Best RMSE</source>
        <translation>Bester RMSE</translation>
    </message>
    <message>
        <source>Exactly the least of all ranges</source>
        <translation>Genau der kleinste aller Reichweiten</translation>
    </message>
    <message>
        <source>Best range</source>
        <translation>Beste Reichweite</translation>
    </message>
    <message>
        <source>A number line</source>
        <translation>Ein Zahlenstrahl</translation>
    </message>
    <message>
        <source>These are 32 weights that share one scale. The bits say how many levels there are, the scale how far they reach; each weight is stored as the nearest level. The orange strokes are what is lost. Levels that do not reach the largest weight lie closer together for all others: often that is the better bargain.</source>
        <translation>Dies sind 32 Gewichte, die sich eine Skala teilen. Die Bits sagen, wie viele Stufen es gibt, die Skala, wie weit sie reichen; jedes Gewicht wird als die nächste Stufe gespeichert. Die orangen Striche sind, was verloren geht. Stufen, die nicht bis zum größten Gewicht reichen, liegen für alle anderen dichter: Oft ist das der bessere Handel.</translation>
    </message>
</context>
<context>
    <name>OutlierLesson</name>
    <message>
        <source>Bits</source>
        <translation>Bits</translation>
    </message>
    <message>
        <source>The largest weight</source>
        <translation>Das größte Gewicht</translation>
    </message>
    <message>
        <source>Kept aside at 16 bits</source>
        <translation>Beiseite mit 16 Bits</translation>
    </message>
    <message>
        <source>Step</source>
        <translation>Schritt</translation>
    </message>
    <message>
        <source>RMSE of the others</source>
        <translation>RMSE der anderen</translation>
    </message>
    <message>
        <source>Of the weights that are neither enlarged nor kept aside</source>
        <translation>Der Gewichte, die weder vergrößert noch beiseitegelegt sind</translation>
    </message>
    <message>
        <source>… as it was</source>
        <translation>… wie es war</translation>
    </message>
    <message>
        <source>With the largest weight as it is in the tensor, and none kept aside</source>
        <translation>Mit dem größten Gewicht, wie es im Tensor ist, und keinem beiseite</translation>
    </message>
    <message>
        <source>Bits per weight</source>
        <translation>Bits je Gewicht</translation>
    </message>
    <message>
        <source>Codes and scale, and 16 bits and a place of 5 bits for each weight kept aside</source>
        <translation>Codes und Skala, dazu 16 Bits und ein Platz von 5 Bits für jedes Gewicht, das beiseiteliegt</translation>
    </message>
    <message>
        <source>Outliers</source>
        <translation>Ausreißer</translation>
    </message>
    <message>
        <source>Make the block&apos;s largest weight (blue) larger still. The levels stretch to reach it, and the others find ever fewer of them near zero, where they all are. Small blocks limit the damage to few neighbours; keeping the largest weights aside (blue rings) ends it, for some bits more.</source>
        <translation>Machen Sie das größte Gewicht des Blocks (blau) noch größer. Die Stufen dehnen sich bis zu ihm, und die anderen finden immer weniger davon nahe null, wo sie alle sind. Kleine Blöcke begrenzen den Schaden auf wenige Nachbarn; die größten Gewichte beiseitezulegen (blaue Ringe) beendet ihn, für einige Bits mehr.</translation>
    </message>
</context>
<context>
    <name>PlacementText</name>
    <message>
        <source>on the CPU</source>
        <translation>auf der CPU</translation>
    </message>
    <message>
        <source>on %1</source>
        <translation>auf %1</translation>
    </message>
    <message>
        <source>on %1 and the CPU</source>
        <translation>auf %1 und der CPU</translation>
    </message>
    <message numerus="yes">
        <source>All %n layers on the CPU</source>
        <translation>
            <numerusform>%n Schicht auf der CPU</numerusform>
            <numerusform>Alle %n Schichten auf der CPU</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>All %n layers on %1</source>
        <translation>
            <numerusform>%n Schicht auf %1</numerusform>
            <numerusform>Alle %n Schichten auf %1</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>All %n layers on %1, what lies behind them on the CPU</source>
        <translation>
            <numerusform>%n Schicht auf %1, was dahinter liegt, auf der CPU</numerusform>
            <numerusform>Alle %n Schichten auf %1, was dahinter liegt, auf der CPU</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1 of %n layers on %2, the others on the CPU</source>
        <translation>
            <numerusform>%1 von %n Schicht auf %2, die übrigen auf der CPU</numerusform>
            <numerusform>%1 von %n Schichten auf %2, die übrigen auf der CPU</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>PlanText</name>
    <message>
        <source>tok</source>
        <comment>token embedding, column header</comment>
        <translation>tok</translation>
    </message>
    <message>
        <source>out</source>
        <comment>output matrix, column header</comment>
        <translation>aus</translation>
    </message>
    <message>
        <source>gate ×</source>
        <comment>experts&apos; gate, column header</comment>
        <translation>gate ×</translation>
    </message>
    <message>
        <source>up ×</source>
        <comment>experts&apos; up, column header</comment>
        <translation>up ×</translation>
    </message>
    <message>
        <source>down ×</source>
        <comment>experts&apos; down, column header</comment>
        <translation>down ×</translation>
    </message>
    <message>
        <source>router</source>
        <comment>column header</comment>
        <translation>Router</translation>
    </message>
    <message>
        <source>norm</source>
        <comment>column header</comment>
        <translation>Norm</translation>
    </message>
    <message>
        <source>bias</source>
        <comment>column header</comment>
        <translation>Bias</translation>
    </message>
    <message>
        <source>other</source>
        <comment>column header</comment>
        <translation>sonst</translation>
    </message>
    <message>
        <source>token embedding</source>
        <translation>Token-Einbettung</translation>
    </message>
    <message>
        <source>output matrix</source>
        <translation>Ausgabematrix</translation>
    </message>
    <message>
        <source>attention query</source>
        <translation>Attention: Query</translation>
    </message>
    <message>
        <source>attention key</source>
        <translation>Attention: Key</translation>
    </message>
    <message>
        <source>attention value</source>
        <translation>Attention: Value</translation>
    </message>
    <message>
        <source>attention query, key and value in one</source>
        <translation>Attention: Query, Key und Value in einem</translation>
    </message>
    <message>
        <source>attention output</source>
        <translation>Attention: Ausgabe</translation>
    </message>
    <message>
        <source>feed-forward gate</source>
        <translation>Feed-Forward: Gate</translation>
    </message>
    <message>
        <source>feed-forward up</source>
        <translation>Feed-Forward: Up</translation>
    </message>
    <message>
        <source>feed-forward down</source>
        <translation>Feed-Forward: Down</translation>
    </message>
    <message>
        <source>feed-forward gate of all experts</source>
        <translation>Feed-Forward: Gate aller Experten</translation>
    </message>
    <message>
        <source>feed-forward up of all experts</source>
        <translation>Feed-Forward: Up aller Experten</translation>
    </message>
    <message>
        <source>feed-forward down of all experts</source>
        <translation>Feed-Forward: Down aller Experten</translation>
    </message>
    <message>
        <source>expert router</source>
        <translation>Experten-Router</translation>
    </message>
    <message>
        <source>norm</source>
        <translation>Norm</translation>
    </message>
    <message>
        <source>bias</source>
        <translation>Bias</translation>
    </message>
    <message>
        <source>rope factors</source>
        <translation>RoPE-Faktoren</translation>
    </message>
    <message>
        <source>other</source>
        <translation>sonst</translation>
    </message>
    <message>
        <source>%1 → %2 · %3 → %4</source>
        <translation>%1 → %2 · %3 → %4</translation>
    </message>
    <message>
        <source>decided by: %1</source>
        <translation>bestimmt durch: %1</translation>
    </message>
    <message>
        <source>fall-back: rows of %1 do not fit %2</source>
        <translation>Ersatz: Zeilen von %1 passen nicht zu %2</translation>
    </message>
    <message>
        <source>pinned: presets leave it alone</source>
        <translation>angeheftet: Voreinstellungen lassen ihn in Ruhe</translation>
    </message>
    <message>
        <source>%1: %2, KL %3</source>
        <translation>%1: %2, KL %3</translation>
    </message>
</context>
<context>
    <name>QMenu</name>
    <message>
        <source>%1	%2 bits</source>
        <translation>%1	%2 Bit</translation>
    </message>
</context>
<context>
    <name>QObject</name>
    <message>
        <source>pinned</source>
        <translation>angeheftet</translation>
    </message>
</context>
<context>
    <name>SizeRows</name>
    <message>
        <source>outside the layers</source>
        <translation>außerhalb der Schichten</translation>
    </message>
    <message>
        <source>layer %1</source>
        <translation>Schicht %1</translation>
    </message>
    <message>
        <source>%1: %2, before %3</source>
        <translation>%1: %2, vorher %3</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <translation>%1: %2</translation>
    </message>
    <message>
        <source>%1, before %2</source>
        <translation>%1, vorher %2</translation>
    </message>
    <message>
        <source>%1 bits: %2</source>
        <translation>%1 Bit: %2</translation>
    </message>
</context>
<context>
    <name>Subject</name>
    <message>
        <source>%1, expert %2</source>
        <translation>%1, Experte %2</translation>
    </message>
</context>
<context>
    <name>WarningText</name>
    <message>
        <source>%1, so the model can be looked at and measured, but not written as a GGUF that engines run</source>
        <translation>%1, darum kann das Modell angesehen und gemessen, aber nicht als GGUF geschrieben werden, das andere Programme ausführen</translation>
    </message>
    <message>
        <source>Only the language model is opened; the parts for images and sound are left out</source>
        <translation>Nur das Sprachmodell wird geöffnet; die Teile für Bilder und Ton bleiben weg</translation>
    </message>
    <message>
        <source>config.json has no &quot;architectures&quot;, and the model&apos;s names in GGUF are not known</source>
        <translation>config.json hat kein „architectures“, und wie die Tensoren des Modells in GGUF heißen, ist nicht bekannt</translation>
    </message>
    <message>
        <source>The names that a %1 has in GGUF are not known</source>
        <translation>Wie die Tensoren eines %1 in GGUF heißen, ist nicht bekannt</translation>
    </message>
    <message>
        <source>The tensor %1 has no name in GGUF</source>
        <translation>Der Tensor %1 hat keinen Namen in GGUF</translation>
    </message>
    <message>
        <source>generation_config.json is left out: %1</source>
        <translation>generation_config.json bleibt weg: %1</translation>
    </message>
    <message>
        <source>The folder has no tokenizer.json and no tokenizer.model, so the model has no tokenizer</source>
        <translation>Der Ordner hat weder tokenizer.json noch tokenizer.model, also hat das Modell keinen Tokenizer</translation>
    </message>
    <message>
        <source>Tokenizers of the kind %1 are not read from tokenizer.json, so the model has no tokenizer</source>
        <translation>Tokenizer der Art %1 werden nicht aus tokenizer.json gelesen, also hat das Modell keinen Tokenizer</translation>
    </message>
    <message>
        <source>tokenizer.model is a Unigram model, which engines treat as SentencePiece BPE: its tokens may differ from the model&apos;s own</source>
        <translation>tokenizer.model ist ein Unigram-Modell, das andere Programme wie SentencePiece-BPE behandeln: Seine Tokens können von denen des Modells abweichen</translation>
    </message>
    <message>
        <source>tokenizer.json declares a rule for cutting text that has no known name; &quot;default&quot; stands in, so tokens may differ from the model&apos;s own</source>
        <translation>tokenizer.json nennt eine Regel zum Schneiden von Text, die keinen bekannten Namen hat; „default“ tritt an ihre Stelle, darum können Tokens von denen des Modells abweichen</translation>
    </message>
    <message>
        <source>%1 tokens of the tokenizer&apos;s files are left out: the model has no weights for them</source>
        <translation>%1 Tokens aus den Dateien des Tokenizers bleiben weg: Das Modell hat keine Gewichte für sie</translation>
    </message>
</context>
<context>
    <name>halftone::app::BitChips</name>
    <message>
        <source>Paint with %1</source>
        <translation>Mit %1 malen</translation>
    </message>
</context>
<context>
    <name>halftone::app::BitsBar</name>
    <message>
        <source>%1 bits: %2, %3 %</source>
        <translation>%1 Bit: %2, %3 %</translation>
    </message>
    <message>
        <source>Bytes by bits</source>
        <translation>Bytes nach Bits</translation>
    </message>
</context>
<context>
    <name>halftone::app::BudgetPanel</name>
    <message>
        <source>File size</source>
        <translation>Dateigröße</translation>
    </message>
    <message>
        <source>Quality</source>
        <translation>Güte</translation>
    </message>
    <message>
        <source>What the budget limits</source>
        <translation>Was das Budget begrenzt</translation>
    </message>
    <message>
        <source>Budget</source>
        <translation>Budget</translation>
    </message>
    <message>
        <source>Measure the sensitivity (above, under Quality) and drag a budget here: the best recipe for it follows at once.</source>
        <translation>Oben unter Güte die Empfindlichkeit messen und dann hier ein Budget ziehen: Das beste Rezept dafür folgt sofort.</translation>
    </message>
    <message>
        <source>At the %1 of %2 the best recipe is predicted at KL %3 instead of %4 (%5 %).</source>
        <translation>Bei den %1 von %2 sagt die Vorhersage für das beste Rezept KL %3 statt %4 (%5 %).</translation>
    </message>
    <message>
        <source>%1 of layer %2</source>
        <translation>%1 in Schicht %2</translation>
    </message>
    <message>
        <source>%1 of layers %2–%3</source>
        <translation>%1 in den Schichten %2–%3</translation>
    </message>
    <message>
        <source>%1 keeps %2: %3 would save %4 and cost %5 more.</source>
        <translation>%1 behält %2: %3 würde %4 sparen und %5 mehr kosten.</translation>
    </message>
    <message>
        <source>%1 makes do with %2: %3 would take %4 more and win back only %5.</source>
        <translation>%1 kommt mit %2 aus: %3 bräuchte %4 mehr und gewönne nur %5 zurück.</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>Speicher</translation>
    </message>
    <message>
        <source>Speed</source>
        <translation>Tempo</translation>
    </message>
    <message>
        <source>context </source>
        <comment>before a number of tokens</comment>
        <translation>Kontext </translation>
    </message>
    <message>
        <source>Tokens of a text that the memory shall hold beside the weights</source>
        <translation>Tokens eines Textes, die der Speicher neben den Gewichten fassen soll</translation>
    </message>
    <message>
        <source>Context, tokens</source>
        <translation>Kontext, Tokens</translation>
    </message>
    <message>
        <source>only types that run fast here</source>
        <translation>nur Typen, die hier schnell laufen</translation>
    </message>
    <message>
        <source>Types of fewer bits that take longer than eight bits on this machine are not chosen</source>
        <translation>Typen mit weniger Bits, die auf diesem Rechner länger brauchen als acht Bit, werden nicht gewählt</translation>
    </message>
    <message>
        <source>How fast this machine runs each type; some seconds, best while nothing else works</source>
        <translation>Wie schnell dieser Rechner mit jedem Typ rechnet; einige Sekunden, am besten, wenn sonst nichts läuft</translation>
    </message>
    <message>
        <source>Measuring...</source>
        <translation>Misst...</translation>
    </message>
    <message>
        <source>Measure speed again</source>
        <translation>Tempo neu messen</translation>
    </message>
    <message>
        <source>Measure speed</source>
        <translation>Tempo messen</translation>
    </message>
    <message>
        <source>Measure how fast this machine runs each type, and drag a speed here.</source>
        <translation>Messen, wie schnell dieser Rechner mit jedem Typ rechnet, und hier ein Tempo ziehen.</translation>
    </message>
    <message>
        <source>KL %1 (%2–%3)</source>
        <translation>KL %1 (%2–%3)</translation>
    </message>
    <message>
        <source>perplexity %1 instead of %2</source>
        <translation>Perplexität %1 statt %2</translation>
    </message>
    <message>
        <source>perplexity +%1 %</source>
        <translation>Perplexität +%1 %</translation>
    </message>
    <message>
        <source>%1 of memory</source>
        <translation>%1 Speicher</translation>
    </message>
    <message>
        <source>does not fit on %1</source>
        <translation>passt nicht auf %1</translation>
    </message>
    <message>
        <source>about %1 on %2</source>
        <comment>speed, what computes</comment>
        <translation>etwa %1 auf %2</translation>
    </message>
</context>
<context>
    <name>halftone::app::ChannelModel</name>
    <message>
        <source>%1 %2: mean |w| %3, %4 the median
largest %5, %6 the median</source>
        <translation>%1 %2: Mittel |w| %3, %4 des Medians
größtes %5, %6 des Medians</translation>
    </message>
    <message>
        <source>As a multiple of the median channel&apos;s; click to sort by it</source>
        <translation>Als Vielfaches des mittleren Kanals (Median); ein Klick sortiert danach</translation>
    </message>
    <message>
        <source>mean</source>
        <translation>Mittel</translation>
    </message>
    <message>
        <source>max</source>
        <translation>max</translation>
    </message>
</context>
<context>
    <name>halftone::app::ChannelPlot</name>
    <message>
        <source>|w| of every channel as a multiple of the median channel&apos;s</source>
        <translation>|w| jedes Kanals als Vielfaches des Medians aller Kanäle</translation>
    </message>
</context>
<context>
    <name>halftone::app::ChannelsView</name>
    <message>
        <source>Channels that stand out most</source>
        <translation>Kanäle, die am meisten herausragen</translation>
    </message>
</context>
<context>
    <name>halftone::app::ChatBar</name>
    <message>
        <source>As chat</source>
        <translation>Als Chat</translation>
    </message>
    <message>
        <source>System prompt</source>
        <translation>Systemprompt</translation>
    </message>
    <message>
        <source>System prompt (may stay empty)</source>
        <translation>Systemprompt (darf leer bleiben)</translation>
    </message>
    <message>
        <source>Put the prompt as a question by the model&apos;s own chat template; off: every column continues it as plain text</source>
        <translation>Den Prompt als Frage nach der Chat-Vorlage des Modells stellen; aus: jede Spalte setzt ihn als reinen Text fort</translation>
    </message>
</context>
<context>
    <name>halftone::app::ColumnBoard</name>
    <message>
        <source>Original</source>
        <translation>Original</translation>
    </message>
    <message numerus="yes">
        <source>%n bits</source>
        <translation>
            <numerusform>%n Bit</numerusform>
            <numerusform>%n Bit</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n bits (%1)</source>
        <translation>
            <numerusform>%n Bit (%1)</numerusform>
            <numerusform>%n Bit (%1)</numerusform>
        </translation>
    </message>
    <message>
        <source>Current recipe</source>
        <translation>Aktuelles Rezept</translation>
    </message>
    <message>
        <source>Saved recipe...</source>
        <translation>Gespeichertes Rezept...</translation>
    </message>
    <message>
        <source>Original beside 8, 6, 5, 4, 3 and 2 bits</source>
        <translation>Original neben 8, 6, 5, 4, 3 und 2 Bit</translation>
    </message>
    <message>
        <source>Remove this column</source>
        <translation>Diese Spalte entfernen</translation>
    </message>
    <message>
        <source>Saved recipe</source>
        <translation>Gespeichertes Rezept</translation>
    </message>
    <message>
        <source>Recipes (*.json)</source>
        <translation>Rezepte (*.json)</translation>
    </message>
    <message>
        <source>%1 cannot be read: %2</source>
        <translation>%1 kann nicht gelesen werden: %2</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <translation>%1: %2</translation>
    </message>
    <message>
        <source>Text %1</source>
        <translation>Text %1</translation>
    </message>
</context>
<context>
    <name>halftone::app::CompareColumn</name>
    <message>
        <source>Change this column</source>
        <translation>Diese Spalte ändern</translation>
    </message>
    <message>
        <source>%1 tok/s</source>
        <translation>%1 Tok/s</translation>
    </message>
    <message>
        <source>perplexity %1</source>
        <translation>Perplexität %1</translation>
    </message>
    <message>
        <source>KL %1 · ppl %2</source>
        <translation>KL %1 · PPL %2</translation>
    </message>
    <message>
        <source>reference</source>
        <translation>Bezug</translation>
    </message>
    <message>
        <source>not measured yet</source>
        <translation>noch nicht gemessen</translation>
    </message>
    <message>
        <source>perplexity %1, KL divergence %2 ± %3, 99 % below %4, the same most probable token in %5 % of %6 places</source>
        <translation>Perplexität %1, KL-Divergenz %2 ± %3, 99 % unter %4, dasselbe wahrscheinlichste Token an %5 % von %6 Stellen</translation>
    </message>
    <message>
        <source>This is the best</source>
        <translation>Dieser ist der beste</translation>
    </message>
    <message>
        <source>measured %1</source>
        <translation>gemessen %1</translation>
    </message>
</context>
<context>
    <name>halftone::app::ComparePage</name>
    <message>
        <source>Token</source>
        <translation>Token</translation>
    </message>
    <message>
        <source>point at any word: its probability in every column</source>
        <translation>auf ein Wort zeigen: seine Wahrscheinlichkeit in jeder Spalte</translation>
    </message>
    <message>
        <source>Probabilities of the token in every column</source>
        <translation>Wahrscheinlichkeiten des Tokens in jeder Spalte</translation>
    </message>
    <message>
        <source>Open a model to read its versions side by side.</source>
        <translation>Ein Modell öffnen, um seine Fassungen nebeneinander zu lesen.</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <translation>%1: %2</translation>
    </message>
    <message>
        <source>preparing...</source>
        <translation>bereitet vor...</translation>
    </message>
    <message>
        <source>Compare</source>
        <translation>Vergleichen</translation>
    </message>
    <message>
        <source>stopped</source>
        <translation>angehalten</translation>
    </message>
    <message>
        <source>Token %1 “%2”</source>
        <translation>Token %1 „%2“</translation>
    </message>
    <message>
        <source>measuring...</source>
        <translation>misst...</translation>
    </message>
    <message>
        <source>Perplexity and KL divergence</source>
        <translation>Perplexität und KL-Divergenz</translation>
    </message>
    <message>
        <source>This model cannot write here: %1. Histograms, plan and quantizing work on it all the same.</source>
        <translation>Dieses Modell kann hier nicht schreiben: %1. Histogramme, Plan und Quantisieren gehen trotzdem.</translation>
    </message>
    <message>
        <source>All columns at once need %1 of memory, and %2 are free: they write one after another.</source>
        <translation>Alle Spalten zugleich brauchen %1 Speicher, und %2 sind frei: Sie schreiben nacheinander.</translation>
    </message>
    <message>
        <source>waits for its turn</source>
        <translation>wartet, bis es an der Reihe ist</translation>
    </message>
    <message>
        <source>You chose %1. Votes so far: %2</source>
        <translation>Sie haben %1 gewählt. Stimmen bisher: %2</translation>
    </message>
    <message>
        <source>Prompt</source>
        <translation>Eingabetext</translation>
    </message>
    <message>
        <source>All columns at once need %1 on %2, and %3 are free there: they write one after another.</source>
        <translation>Alle Spalten zugleich brauchen %1 auf %2, und dort sind %3 frei: Sie schreiben nacheinander.</translation>
    </message>
</context>
<context>
    <name>halftone::app::CostView</name>
    <message>
        <source>Cost of fewer bits, layers by roles</source>
        <translation>Preis weniger Bits, Schichten mal Rollen</translation>
    </message>
    <message>
        <source>%1, all layers</source>
        <translation>%1, alle Schichten</translation>
    </message>
    <message>
        <source>Outside the layers</source>
        <translation>Außerhalb der Schichten</translation>
    </message>
    <message>
        <source>Layer %1</source>
        <translation>Schicht %1</translation>
    </message>
    <message>
        <source>%1 of layer %2</source>
        <translation>%1 in Schicht %2</translation>
    </message>
    <message>
        <source>%1: KL %2
%3 % of all</source>
        <translation>%1: KL %2
%3 % von allem</translation>
    </message>
</context>
<context>
    <name>halftone::app::DeviceBox</name>
    <message>
        <source>What computes</source>
        <translation>Was rechnet</translation>
    </message>
    <message>
        <source>All give the same file. Automatic takes a graphics device for the types that it makes faster than the CPU.</source>
        <translation>Alle ergeben dieselbe Datei. „Automatisch“ nimmt ein Grafikgerät für die Typen, die es schneller macht als die CPU.</translation>
    </message>
    <message>
        <source>Automatic: %1</source>
        <translation>Automatisch: %1</translation>
    </message>
    <message>
        <source>CPU</source>
        <translation>CPU</translation>
    </message>
    <message>
        <source>%1 (software)</source>
        <translation>%1 (Software)</translation>
    </message>
</context>
<context>
    <name>halftone::app::DeviceChip</name>
    <message>
        <source>Click to choose another, and to measure speeds</source>
        <translation>Klicken, um etwas anderes zu wählen und Geschwindigkeiten zu messen</translation>
    </message>
    <message>
        <source>Computes on %1</source>
        <translation>Rechnet auf %1</translation>
    </message>
    <message>
        <source>Looking for Vulkan devices…</source>
        <translation>Vulkan-Geräte werden gesucht …</translation>
    </message>
</context>
<context>
    <name>halftone::app::DeviceList</name>
    <message>
        <source>Automatic: %1</source>
        <translation>Automatisch: %1</translation>
    </message>
    <message>
        <source>The fastest graphics device; for quantizing, each type where it is made faster.</source>
        <translation>Das schnellste Grafikgerät; beim Quantisieren jeder Typ dort, wo er schneller entsteht.</translation>
    </message>
    <message>
        <source>%1 (software)</source>
        <translation>%1 (Software)</translation>
    </message>
    <message>
        <source>CPU</source>
        <translation>CPU</translation>
    </message>
    <message numerus="yes">
        <source>%n thread(s)</source>
        <translation>
            <numerusform>%n Thread</numerusform>
            <numerusform>%n Threads</numerusform>
        </translation>
    </message>
    <message>
        <source>%1 of %2 free</source>
        <translation>%1 von %2 frei</translation>
    </message>
    <message>
        <source>Looking for Vulkan devices…</source>
        <translation>Vulkan-Geräte werden gesucht …</translation>
    </message>
    <message>
        <source>Memory of %1: %2</source>
        <translation>Speicher von %1: %2</translation>
    </message>
</context>
<context>
    <name>halftone::app::Devices</name>
    <message>
        <source>Looking for Vulkan devices</source>
        <translation>Vulkan-Geräte werden gesucht</translation>
    </message>
</context>
<context>
    <name>halftone::app::DevicesDialog</name>
    <message>
        <source>%1 GB/s</source>
        <translation>%1 GB/s</translation>
    </message>
    <message>
        <source>Devices and speed</source>
        <translation>Geräte und Geschwindigkeit</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>Compute on</source>
        <translation>Rechnen auf</translation>
    </message>
    <message>
        <source>Speed of the types</source>
        <translation>Geschwindigkeit der Typen</translation>
    </message>
    <message>
        <source>Measure speeds</source>
        <translation>Geschwindigkeiten messen</translation>
    </message>
    <message>
        <source>How fast this machine runs each type; some seconds, best while nothing else works</source>
        <translation>Wie schnell dieser Rechner jeden Typ ausführt; einige Sekunden, am besten, während sonst nichts arbeitet</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Measuring</source>
        <translation>Messung</translation>
    </message>
    <message>
        <source>Tokens a second of each type</source>
        <translation>Token je Sekunde in jedem Typ</translation>
    </message>
    <message>
        <source>Measure again</source>
        <translation>Noch einmal messen</translation>
    </message>
    <message>
        <source>Open a model: how fast a type runs depends on the shapes of its matrices.</source>
        <translation>Öffnen Sie ein Modell: Wie schnell ein Typ läuft, hängt von der Gestalt seiner Matrizen ab.</translation>
    </message>
    <message>
        <source>Not measured yet. Some seconds tell how many tokens a second each type would give, on the CPU and on the device chosen above; the budgets of the Plan tab are made from that.</source>
        <translation>Noch nicht gemessen. Einige Sekunden sagen, wie viele Token je Sekunde jeder Typ gäbe, auf der CPU und auf dem oben gewählten Gerät; daraus werden die Budgets im Reiter Planen.</translation>
    </message>
    <message>
        <source>%1 by the CPU</source>
        <translation>%1 von der CPU</translation>
    </message>
    <message>
        <source>%1 by %2</source>
        <translation>%1 von %2</translation>
    </message>
    <message>
        <source>The Plan tab&apos;s budgets are for %1.</source>
        <translation>Die Budgets im Reiter Planen rechnen mit %1.</translation>
    </message>
    <message>
        <source>The bound is to read all weights once for each token: memory is read at %1.</source>
        <translation>Die Grenze ist, für jedes Token alle Gewichte einmal zu lesen: Speicher wird gelesen mit %1.</translation>
    </message>
    <message>
        <source>Opening %1</source>
        <translation>%1 wird geöffnet</translation>
    </message>
    <message>
        <source>%1 cannot be used, the CPU computes in its place: %2</source>
        <translation>%1 ist nicht zu gebrauchen, die CPU rechnet an seiner Stelle: %2</translation>
    </message>
</context>
<context>
    <name>halftone::app::DifferenceWindow</name>
    <message>
        <source>%1 · %2 · %3 · %4 · %5</source>
        <translation>%1 · %2 · %3 · %4 · %5</translation>
    </message>
    <message>
        <source>Tensors</source>
        <translation>Tensoren</translation>
    </message>
    <message>
        <source>Metadata</source>
        <translation>Metadaten</translation>
    </message>
    <message>
        <source>Tokenizer</source>
        <translation>Tokenizer</translation>
    </message>
    <message>
        <source>Only what differs</source>
        <translation>Nur Unterschiede</translation>
    </message>
    <message>
        <source>Differences – Halftone</source>
        <translation>Unterschiede – Halftone</translation>
    </message>
    <message>
        <source>no model</source>
        <translation>kein Modell</translation>
    </message>
    <message>
        <source>Choose another model to lay beside this one.</source>
        <translation>Ein anderes Modell wählen, um es neben dieses zu legen.</translation>
    </message>
    <message>
        <source>Choose B…</source>
        <translation>B wählen …</translation>
    </message>
    <message>
        <source>Choose the model to compare with</source>
        <translation>Das Modell wählen, mit dem verglichen wird</translation>
    </message>
    <message>
        <source>A</source>
        <translation>A</translation>
    </message>
    <message>
        <source>B</source>
        <translation>B</translation>
    </message>
    <message>
        <source>Filter tensors</source>
        <translation>Tensoren filtern</translation>
    </message>
    <message>
        <source>Weights</source>
        <translation>Gewichte</translation>
    </message>
    <message>
        <source>Linear</source>
        <translation>Linear</translation>
    </message>
    <message>
        <source>Log</source>
        <translation>Log</translation>
    </message>
    <message>
        <source>Compare with</source>
        <translation>Vergleichen mit</translation>
    </message>
    <message>
        <source>Models (*.gguf *.safetensors config.json);;All files (*)</source>
        <translation>Modelle (*.gguf *.safetensors config.json);;Alle Dateien (*)</translation>
    </message>
    <message>
        <source>Comparing with %1…</source>
        <translation>Vergleich mit %1 …</translation>
    </message>
    <message>
        <source>Comparing with %1</source>
        <translation>Vergleich mit %1</translation>
    </message>
    <message>
        <source>
keys that differ: %1 in the metadata, %2 in the tokenizer</source>
        <translation>
verschiedene Schlüssel: %1 in den Metadaten, %2 im Tokenizer</translation>
    </message>
    <message>
        <source>No tensor differs.</source>
        <translation>Kein Tensor unterscheidet sich.</translation>
    </message>
    <message>
        <source>Choose a tensor to see its weights in both models.</source>
        <translation>Einen Tensor wählen, um seine Gewichte in beiden Modellen zu sehen.</translation>
    </message>
    <message>
        <source>%1 · A filled, B as a line</source>
        <translation>%1 · A gefüllt, B als Linie</translation>
    </message>
    <message>
        <source>Histograms</source>
        <translation>Histogramme</translation>
    </message>
</context>
<context>
    <name>halftone::app::ErrorCard</name>
    <message>
        <source>Error against bits</source>
        <translation>Fehler gegen Bits</translation>
    </message>
    <message>
        <source>noise below signal, dB</source>
        <translation>Rauschen unter Signal, dB</translation>
    </message>
    <message>
        <source>error</source>
        <translation>Fehler</translation>
    </message>
    <message>
        <source>noise below signal, dB, with the importance matrix</source>
        <translation>Rauschen unter dem Signal, dB, mit der Wichtigkeitsmatrix</translation>
    </message>
    <message>
        <source>This tensor keeps its type: it is small, and the model depends on its exact values.</source>
        <translation>Dieser Tensor behält seinen Typ: Er ist klein, und das Modell braucht seine genauen Werte.</translation>
    </message>
    <message>
        <source>Error of %1</source>
        <translation>Fehler von %1</translation>
    </message>
    <message>
        <source>The rows of this tensor fit no format with fewer bits.</source>
        <translation>Die Zeilen dieses Tensors passen zu keinem Format mit weniger Bits.</translation>
    </message>
</context>
<context>
    <name>halftone::app::ErrorPlot</name>
    <message>
        <source>Error against bits</source>
        <translation>Fehler gegen Bits</translation>
    </message>
    <message>
        <source>bits per weight</source>
        <translation>Bits pro Gewicht</translation>
    </message>
    <message>
        <source>%1, %2
RMSE %3 · signal / noise %4 dB
Click to choose it</source>
        <translation>%1, %2
RMSE %3 · Signal / Rauschen %4 dB
Klick wählt ihn</translation>
    </message>
</context>
<context>
    <name>halftone::app::EvaluatePage</name>
    <message>
        <source>Evaluate</source>
        <translation>Auswerten</translation>
    </message>
    <message>
        <source>Context: tokens in a window; the second half of each is scored</source>
        <translation>Kontext: Token in einem Fenster; bewertet wird je die zweite Hälfte</translation>
    </message>
    <message>
        <source> tokens</source>
        <translation> Token</translation>
    </message>
    <message>
        <source>At most this many windows of the text; 0 takes all</source>
        <translation>Höchstens so viele Fenster des Textes; 0 nimmt alle</translation>
    </message>
    <message>
        <source> windows</source>
        <translation> Fenster</translation>
    </message>
    <message>
        <source>all windows</source>
        <translation>alle Fenster</translation>
    </message>
    <message>
        <source>Bundled fairy tales</source>
        <translation>Beiliegende Märchen</translation>
    </message>
    <message>
        <source>Text file...</source>
        <translation>Textdatei …</translation>
    </message>
    <message>
        <source>Text to measure on</source>
        <translation>Text, an dem gemessen wird</translation>
    </message>
    <message>
        <source>Text (*.txt *.md);;All files (*)</source>
        <translation>Text (*.txt *.md);;Alle Dateien (*)</translation>
    </message>
    <message>
        <source>Written by the model itself</source>
        <translation>Vom Modell selbst geschrieben</translation>
    </message>
    <message>
        <source>Report (HTML)...</source>
        <translation>Bericht (HTML) …</translation>
    </message>
    <message>
        <source>Table (CSV)...</source>
        <translation>Tabelle (CSV) …</translation>
    </message>
    <message>
        <source>All figures (JSON)...</source>
        <translation>Alle Zahlen (JSON) …</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>Exportieren</translation>
    </message>
    <message>
        <source>History</source>
        <translation>Verlauf</translation>
    </message>
    <message>
        <source>Measure the chosen variants</source>
        <translation>Die gewählten Fassungen messen</translation>
    </message>
    <message>
        <source>Earlier evaluations</source>
        <translation>Frühere Auswertungen</translation>
    </message>
    <message>
        <source>Open a model to measure its variants.</source>
        <translation>Ein Modell öffnen, um seine Fassungen zu messen.</translation>
    </message>
    <message>
        <source>Nothing has been measured yet: perplexity, divergence, calibration and speed of each variant, side by side, on a text the model has not seen.</source>
        <translation>Noch ist nichts gemessen: Perplexität, Divergenz, Kalibrierung und Tempo jeder Fassung, nebeneinander, an einem Text, den das Modell nicht kennt.</translation>
    </message>
    <message>
        <source>This model cannot be measured here: %1. Histograms, plan and quantizing work on it all the same.</source>
        <translation>Dieses Modell lässt sich hier nicht messen: %1. Histogramme, Plan und Quantisieren gehen trotzdem.</translation>
    </message>
    <message>
        <source>the model&apos;s own</source>
        <translation>vom Modell selbst</translation>
    </message>
    <message>
        <source>The model writes the text itself, always the same one</source>
        <translation>Das Modell schreibt den Text selbst, immer denselben</translation>
    </message>
    <message>
        <source>The text that all variants are measured on: %1</source>
        <translation>Der Text, an dem alle Fassungen gemessen werden: %1</translation>
    </message>
    <message>
        <source>text of its own</source>
        <translation>eigener Text</translation>
    </message>
    <message numerus="yes">
        <source>The variants did not fit the memory together; they took %n passes over the text.</source>
        <translation>
            <numerusform>Die Fassungen passten nicht zusammen in den Speicher; es brauchte %n Durchgang durch den Text.</numerusform>
            <numerusform>Die Fassungen passten nicht zusammen in den Speicher; es brauchte %n Durchgänge durch den Text.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n variants</source>
        <translation>
            <numerusform>%n Fassung</numerusform>
            <numerusform>%n Fassungen</numerusform>
        </translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>Anhalten</translation>
    </message>
    <message>
        <source>Continue</source>
        <translation>Fortsetzen</translation>
    </message>
    <message>
        <source>Run</source>
        <translation>Start</translation>
    </message>
    <message>
        <source>Variants on %1</source>
        <translation>Fassungen an %1</translation>
    </message>
    <message>
        <source>%1 predictions · %2 windows of %3%4</source>
        <translation>%1 Vorhersagen · %2 Fenster zu %3%4</translation>
    </message>
    <message>
        <source> · not complete</source>
        <translation> · unvollständig</translation>
    </message>
    <message>
        <source>%1 (%2 on %3)</source>
        <translation>%1 (%2 an %3)</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <translation>%1: %2</translation>
    </message>
</context>
<context>
    <name>halftone::app::EvaluationModel</name>
    <message>
        <source>Expected calibration error: how far the model&apos;s confidence is from how often it is right</source>
        <translation>Erwarteter Kalibrierfehler: wie weit die Zuversicht des Modells davon entfernt ist, wie oft es recht hat</translation>
    </message>
    <message>
        <source>How many of the original&apos;s five most probable tokens are among the variant&apos;s five</source>
        <translation>Wie viele der fünf wahrscheinlichsten Token des Originals unter den fünf der Fassung sind</translation>
    </message>
    <message>
        <source>variant</source>
        <translation>Fassung</translation>
    </message>
    <message>
        <source>size</source>
        <translation>Größe</translation>
    </message>
    <message>
        <source>bpw</source>
        <translation>Bit/Gew.</translation>
    </message>
    <message>
        <source>perplexity</source>
        <translation>Perplexität</translation>
    </message>
    <message>
        <source>mean KL</source>
        <translation>KL im Mittel</translation>
    </message>
    <message>
        <source>99 % KL</source>
        <translation>KL bei 99 %</translation>
    </message>
    <message>
        <source>top-1 %</source>
        <translation>Top 1 %</translation>
    </message>
    <message>
        <source>top-5 %</source>
        <translation>Top 5 %</translation>
    </message>
    <message>
        <source>ECE %</source>
        <translation>ECE %</translation>
    </message>
    <message>
        <source>ms / token</source>
        <translation>ms / Token</translation>
    </message>
    <message>
        <source>Original</source>
        <translation>Original</translation>
    </message>
    <message>
        <source>%1 ± %2</source>
        <translation>%1 ± %2</translation>
    </message>
    <message>
        <source>not measured yet</source>
        <translation>noch nicht gemessen</translation>
    </message>
    <message>
        <source>%1 windows, %2 predictions
KL: median %3, largest %4
true token: %5 percentage points on average, %6 root mean square
entropy %7 nats</source>
        <translation>%1 Fenster, %2 Vorhersagen
KL: Median %3, größte %4
wahres Token: %5 Prozentpunkte im Mittel, %6 im quadratischen Mittel
Entropie %7 Nat</translation>
    </message>
</context>
<context>
    <name>halftone::app::EvaluationPlots</name>
    <message>
        <source>Original</source>
        <translation>Original</translation>
    </message>
    <message>
        <source>Confidence</source>
        <translation>Zuversicht</translation>
    </message>
    <message>
        <source>Loss</source>
        <translation>Verlust</translation>
    </message>
    <message>
        <source>Position</source>
        <translation>Stelle</translation>
    </message>
    <message>
        <source>Perplexity against size</source>
        <translation>Perplexität über der Größe</translation>
    </message>
    <message>
        <source>KL to the original</source>
        <translation>KL zum Original</translation>
    </message>
    <message>
        <source>Milliseconds per token</source>
        <translation>Millisekunden je Token</translation>
    </message>
    <message>
        <source>KL against size</source>
        <translation>KL über der Größe</translation>
    </message>
    <message>
        <source>Milliseconds per token against bits</source>
        <translation>Millisekunden je Token über den Bits</translation>
    </message>
    <message>
        <source>Change of confidence and loss</source>
        <translation>Änderung von Zuversicht und Verlust</translation>
    </message>
    <message>
        <source>file size, MB</source>
        <translation>Dateigröße, MB</translation>
    </message>
    <message>
        <source>bits per weight</source>
        <translation>Bit je Gewicht</translation>
    </message>
    <message>
        <source>true token, percentage points</source>
        <translation>wahres Token, Prozentpunkte</translation>
    </message>
    <message>
        <source>its probability in the original</source>
        <translation>seine Wahrscheinlichkeit im Original</translation>
    </message>
    <message>
        <source>change of the loss, nats</source>
        <translation>Änderung des Verlusts, Nat</translation>
    </message>
    <message>
        <source>tokens from sure to unsure, by the original&apos;s entropy, %</source>
        <translation>Token von sicher bis unsicher, nach der Entropie des Originals, %</translation>
    </message>
    <message>
        <source>mean KL along the window</source>
        <translation>mittlere KL entlang des Fensters</translation>
    </message>
    <message>
        <source>place in the scored half, %</source>
        <translation>Stelle in der bewerteten Hälfte, %</translation>
    </message>
</context>
<context>
    <name>halftone::app::EvaluationTable</name>
    <message>
        <source>Variants</source>
        <translation>Fassungen</translation>
    </message>
</context>
<context>
    <name>halftone::app::ExpertBar</name>
    <message>
        <source>&amp;Expert</source>
        <translation>&amp;Experte</translation>
    </message>
    <message>
        <source>Expert that all plots show</source>
        <translation>Experte, den alle Diagramme zeigen</translation>
    </message>
    <message>
        <source>all</source>
        <translation>alle</translation>
    </message>
    <message numerus="yes">
        <source>of %n stacked in this tensor</source>
        <translation>
            <numerusform>von %n in diesem Tensor gestapelten</numerusform>
            <numerusform>von %n in diesem Tensor gestapelten</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>halftone::app::ExploreCard</name>
    <message>
        <source>Computing…</source>
        <translation>Rechnet…</translation>
    </message>
</context>
<context>
    <name>halftone::app::ExplorePage</name>
    <message>
        <source>Open a model to look into its weights.</source>
        <translation>Ein Modell öffnen, um in seine Gewichte zu sehen.</translation>
    </message>
    <message>
        <source>Select a tensor in the tree to look into its weights.</source>
        <translation>Einen Tensor im Baum wählen, um in seine Gewichte zu sehen.</translation>
    </message>
    <message>
        <source>This file holds a vocabulary and no weights.</source>
        <translation>Diese Datei enthält ein Vokabular und keine Gewichte.</translation>
    </message>
</context>
<context>
    <name>halftone::app::Forecast</name>
    <message>
        <source>Looking for earlier figures</source>
        <translation>Frühere Messwerte suchen</translation>
    </message>
    <message>
        <source>Sensitivity of the tensors</source>
        <translation>Empfindlichkeit der Tensoren</translation>
    </message>
    <message>
        <source>KL divergence of %1</source>
        <translation>KL-Divergenz von %1</translation>
    </message>
    <message>
        <source>tuned</source>
        <translation>abgestimmt</translation>
    </message>
    <message>
        <source>The best recipe for every size</source>
        <translation>Das beste Rezept für jede Größe</translation>
    </message>
    <message>
        <source>budget</source>
        <translation>Budget</translation>
    </message>
    <message>
        <source>The best recipe within the budget</source>
        <translation>Das beste Rezept für das Budget</translation>
    </message>
</context>
<context>
    <name>halftone::app::FrontierPlot</name>
    <message>
        <source>your recipe</source>
        <translation>dieses Rezept</translation>
    </message>
    <message>
        <source>Quality against size</source>
        <translation>Güte gegen Größe</translation>
    </message>
    <message>
        <source>file size, MB</source>
        <translation>Dateigröße, MB</translation>
    </message>
    <message>
        <source>%1, %2
KL %3 predicted, %4 to %5
Click to apply it</source>
        <translation>%1, %2
KL %3 vorhergesagt, %4 bis %5
Klick wendet sie an</translation>
    </message>
    <message>
        <source>%1, %2
KL %3 measured %4</source>
        <translation>%1, %2
KL %3 gemessen %4</translation>
    </message>
</context>
<context>
    <name>halftone::app::HeatMapView</name>
    <message>
        <source>Map of |w|, rows by columns</source>
        <translation>Karte von |w|, Zeilen mal Spalten</translation>
    </message>
    <message>
        <source>%1 rows, %2 columns</source>
        <translation>%1 Zeilen, %2 Spalten</translation>
    </message>
    <message>
        <source>column 0</source>
        <translation>Spalte 0</translation>
    </message>
    <message>
        <source>rows 0 to %1 from the top</source>
        <translation>Zeilen 0 bis %1 von oben</translation>
    </message>
    <message>
        <source>row %1, column %2
mean |w| %3, largest %4</source>
        <translation>Zeile %1, Spalte %2
Mittel |w| %3, größtes %4</translation>
    </message>
</context>
<context>
    <name>halftone::app::HeldBar</name>
    <message>
        <source>%1%2 %</source>
        <comment>sign, number of per cent</comment>
        <translation>%1%2 %</translation>
    </message>
    <message>
        <source>Swap</source>
        <translation>Tauschen</translation>
    </message>
    <message>
        <source>Make the held recipe yours and hold yours</source>
        <translation>Das gehaltene Rezept übernehmen und das eigene halten</translation>
    </message>
    <message>
        <source>Let go</source>
        <translation>Loslassen</translation>
    </message>
    <message>
        <source>Compare no longer</source>
        <translation>Nicht mehr vergleichen</translation>
    </message>
    <message>
        <source>KL %1</source>
        <translation>KL %1</translation>
    </message>
    <message numerus="yes">
        <source>Held, lower right: %1, %2. Yours: %3. %n tensor(s) differ.</source>
        <translation>
            <numerusform>Gehalten, rechts unten: %1, %2. Ihres: %3. %n Tensor weicht ab.</numerusform>
            <numerusform>Gehalten, rechts unten: %1, %2. Ihres: %3. %n Tensoren weichen ab.</numerusform>
        </translation>
    </message>
    <message>
        <source>Compare</source>
        <translation>Vergleichen</translation>
    </message>
    <message>
        <source>Hold a second recipe beside this one: cells that differ are split</source>
        <translation>Ein zweites Rezept danebenhalten: Felder, die sich unterscheiden, sind geteilt</translation>
    </message>
    <message>
        <source>Hold this recipe</source>
        <translation>Dieses Rezept halten</translation>
    </message>
    <message>
        <source>Recipe from a file…</source>
        <translation>Rezept aus einer Datei …</translation>
    </message>
    <message>
        <source>Recipe to compare with</source>
        <translation>Rezept zum Vergleich</translation>
    </message>
    <message>
        <source>Recipes (*.json)</source>
        <translation>Rezepte (*.json)</translation>
    </message>
    <message>
        <source>Preset</source>
        <translation>Vorlage</translation>
    </message>
</context>
<context>
    <name>halftone::app::HeldRecipe</name>
    <message>
        <source>Loading a recipe</source>
        <translation>Rezept laden</translation>
    </message>
    <message>
        <source>swap</source>
        <translation>tauschen</translation>
    </message>
</context>
<context>
    <name>halftone::app::HistogramCard</name>
    <message>
        <source>Histogram</source>
        <translation>Histogramm</translation>
    </message>
    <message>
        <source>Weights</source>
        <translation>Gewichte</translation>
    </message>
    <message>
        <source>Error</source>
        <translation>Fehler</translation>
    </message>
    <message>
        <source>Linear</source>
        <translation>Linear</translation>
    </message>
    <message>
        <source>Log</source>
        <translation>Log</translation>
    </message>
    <message>
        <source>histogram</source>
        <translation>Histogramm</translation>
    </message>
    <message>
        <source>What the histogram counts</source>
        <translation>Was das Histogramm zählt</translation>
    </message>
    <message>
        <source>Scale of the histogram</source>
        <translation>Teilung des Histogramms</translation>
    </message>
    <message>
        <source>Format whose levels are drawn</source>
        <translation>Format, dessen Stufen gezeichnet werden</translation>
    </message>
    <message>
        <source>The format whose levels are laid over the weights and whose error is shown</source>
        <translation>Das Format, dessen Stufen über den Gewichten liegen und dessen Fehler gezeigt wird</translation>
    </message>
    <message>
        <source>%1 (plan)</source>
        <translation>%1 (Plan)</translation>
    </message>
    <message>
        <source>%1 weights</source>
        <translation>%1 Gewichte</translation>
    </message>
    <message>
        <source>Histogram of %1</source>
        <translation>Histogramm von %1</translation>
    </message>
    <message numerus="yes">
        <source>%n tensors</source>
        <translation>
            <numerusform>%n Tensor</numerusform>
            <numerusform>%n Tensoren</numerusform>
        </translation>
    </message>
    <message>
        <source>%1 weights together</source>
        <translation>%1 Gewichte zusammen</translation>
    </message>
    <message numerus="yes">
        <source>Histogram of %n tensors</source>
        <translation>
            <numerusform>Histogramm von %n Tensor</numerusform>
            <numerusform>Histogramm von %n Tensoren</numerusform>
        </translation>
    </message>
    <message>
        <source>%1 as %2</source>
        <translation>%1 als %2</translation>
    </message>
    <message>
        <source>Select a single tensor to see its error.</source>
        <translation>Einen einzelnen Tensor wählen, um seinen Fehler zu sehen.</translation>
    </message>
    <message>
        <source>This tensor keeps its type, so nothing is lost.</source>
        <translation>Dieser Tensor behält seinen Typ, es geht also nichts verloren.</translation>
    </message>
    <message>
        <source>from</source>
        <translation>von</translation>
    </message>
    <message>
        <source>to</source>
        <translation>bis</translation>
    </message>
    <message>
        <source>min</source>
        <translation>min</translation>
    </message>
    <message>
        <source>max</source>
        <translation>max</translation>
    </message>
    <message>
        <source>std</source>
        <translation>Std.</translation>
    </message>
    <message>
        <source>beyond 6σ</source>
        <translation>jenseits 6σ</translation>
    </message>
    <message>
        <source>NaN or infinite</source>
        <translation>NaN oder unendlich</translation>
    </message>
    <message>
        <source>quantizing to %1…</source>
        <translation>quantisiert zu %1…</translation>
    </message>
    <message>
        <source>levels of a typical block of %1</source>
        <translation>Stufen eines typischen Blocks von %1</translation>
    </message>
    <message>
        <source>RMSE</source>
        <translation>RMSE</translation>
    </message>
    <message>
        <source>signal / noise</source>
        <translation>Signal / Rauschen</translation>
    </message>
    <message>
        <source>%1 dB</source>
        <translation>%1 dB</translation>
    </message>
</context>
<context>
    <name>halftone::app::HistogramPlot</name>
    <message>
        <source>Histogram</source>
        <translation>Histogramm</translation>
    </message>
    <message>
        <source>%1 weights</source>
        <translation>%1 Gewichte</translation>
    </message>
    <message>
        <source>%1 weights → level %2 of %3 (%4)</source>
        <translation>%1 Gewichte → Stufe %2 von %3 (%4)</translation>
    </message>
    <message>
        <source>mean error %1</source>
        <translation>mittlerer Fehler %1</translation>
    </message>
    <message>
        <source>value of a weight</source>
        <translation>Wert eines Gewichts</translation>
    </message>
    <message>
        <source>error: quantized minus original</source>
        <translation>Fehler: quantisiert minus Original</translation>
    </message>
    <message>
        <source>weights</source>
        <translation>Gewichte</translation>
    </message>
</context>
<context>
    <name>halftone::app::HistoryMenu</name>
    <message>
        <source>Looking for earlier evaluations</source>
        <translation>Frühere Auswertungen werden gesucht</translation>
    </message>
    <message>
        <source>Nothing yet</source>
        <translation>Noch nichts</translation>
    </message>
    <message>
        <source>Compare with</source>
        <translation>Vergleichen mit</translation>
    </message>
    <message numerus="yes">
        <source>%1 on %2, %3 × %4 tokens, %n variants, %5</source>
        <translation>
            <numerusform>%1 an %2, %3 × %4 Token, %n Fassung, %5</numerusform>
            <numerusform>%1 an %2, %3 × %4 Token, %n Fassungen, %5</numerusform>
        </translation>
    </message>
    <message>
        <source>Reading an earlier evaluation</source>
        <translation>Eine frühere Auswertung wird gelesen</translation>
    </message>
</context>
<context>
    <name>halftone::app::ImportanceButton</name>
    <message>
        <source>An importance matrix tells the quantizer which columns a text makes work hard. It costs nothing in size and helps most at few bits; the smallest types need one.</source>
        <translation>Eine Wichtigkeitsmatrix sagt dem Quantisierer, welche Spalten ein Text arbeiten lässt. Sie kostet keinen Platz und hilft am meisten bei wenigen Bits; die kleinsten Typen brauchen eine.</translation>
    </message>
    <message>
        <source>Make one from the bundled text</source>
        <translation>Aus dem mitgelieferten Text machen</translation>
    </message>
    <message>
        <source>Make one from a text...</source>
        <translation>Aus einem Text machen...</translation>
    </message>
    <message>
        <source>Open...</source>
        <translation>Öffnen...</translation>
    </message>
    <message>
        <source>None</source>
        <translation>Keine</translation>
    </message>
    <message>
        <source>no importance matrix</source>
        <translation>keine Wichtigkeitsmatrix</translation>
    </message>
    <message>
        <source>importance matrix</source>
        <translation>Wichtigkeitsmatrix</translation>
    </message>
    <message>
        <source>importance: %1</source>
        <translation>Wichtigkeit: %1</translation>
    </message>
    <message>
        <source>Text like those the model will be used for</source>
        <translation>Ein Text wie die, für die das Modell gedacht ist</translation>
    </message>
    <message>
        <source>Text (*.txt *.md);;All files (*)</source>
        <translation>Text (*.txt *.md);;Alle Dateien (*)</translation>
    </message>
    <message>
        <source>Importance matrix</source>
        <translation>Wichtigkeitsmatrix</translation>
    </message>
    <message>
        <source>Importance matrices (*.gguf *.imatrix *.dat);;All files (*)</source>
        <translation>Wichtigkeitsmatrizen (*.gguf *.imatrix *.dat);;Alle Dateien (*)</translation>
    </message>
</context>
<context>
    <name>halftone::app::Inspector</name>
    <message>
        <source>Weights</source>
        <translation>Gewichte</translation>
    </message>
    <message>
        <source>Inspector</source>
        <translation>Inspektor</translation>
    </message>
    <message>
        <source>of no stated architecture</source>
        <translation>ohne genannte Architektur</translation>
    </message>
    <message>
        <source>weights</source>
        <translation>Gewichte</translation>
    </message>
    <message>
        <source>tensors</source>
        <translation>Tensoren</translation>
    </message>
    <message>
        <source>layers</source>
        <translation>Schichten</translation>
    </message>
    <message>
        <source>width</source>
        <translation>Breite</translation>
    </message>
    <message>
        <source>context</source>
        <translation>Kontext</translation>
    </message>
    <message>
        <source>file</source>
        <translation>Datei</translation>
    </message>
    <message>
        <source>bits / weight</source>
        <translation>Bits / Gewicht</translation>
    </message>
    <message numerus="yes">
        <source>%n tensors</source>
        <translation>
            <numerusform>%n Tensor</numerusform>
            <numerusform>%n Tensoren</numerusform>
        </translation>
    </message>
    <message>
        <source>%1 weights</source>
        <translation>%1 Gewichte</translation>
    </message>
    <message>
        <source>type now</source>
        <translation>Typ jetzt</translation>
    </message>
    <message>
        <source>chosen</source>
        <translation>gewählt</translation>
    </message>
    <message>
        <source>bytes</source>
        <translation>Bytes</translation>
    </message>
    <message>
        <source>layer %1</source>
        <translation>Schicht %1</translation>
    </message>
    <message>
        <source>the output matrix too</source>
        <translation>auch die Ausgabematrix</translation>
    </message>
    <message>
        <source>decided by</source>
        <translation>bestimmt durch</translation>
    </message>
    <message>
        <source>%1 was wanted, but its block does not fit rows of %2 weights.</source>
        <translation>%1 war gewünscht, aber sein Block passt nicht zu Zeilen von %2 Gewichten.</translation>
    </message>
    <message>
        <source>min · max</source>
        <translation>min · max</translation>
    </message>
    <message>
        <source>mean · std</source>
        <translation>Mittel · Std.</translation>
    </message>
    <message>
        <source>kurtosis</source>
        <translation>Kurtosis</translation>
    </message>
    <message>
        <source>|w| &gt; 6σ</source>
        <translation>|w| &gt; 6σ</translation>
    </message>
    <message>
        <source>Statistics of %1</source>
        <translation>Statistik von %1</translation>
    </message>
    <message>
        <source>3 for a normal distribution; more means heavier tails</source>
        <translation>3 bei einer Normalverteilung; mehr heißt schwerere Ränder</translation>
    </message>
    <message>
        <source>weights further than six standard deviations from the mean</source>
        <translation>Gewichte weiter als sechs Standardabweichungen vom Mittel</translation>
    </message>
    <message>
        <source>zeros</source>
        <translation>Nullen</translation>
    </message>
    <message>
        <source>not finite</source>
        <translation>nicht endlich</translation>
    </message>
    <message>
        <source>At %1</source>
        <translation>Mit %1</translation>
    </message>
    <message>
        <source>RMSE</source>
        <translation>RMSE</translation>
    </message>
    <message>
        <source>signal / noise</source>
        <translation>Signal / Rauschen</translation>
    </message>
    <message>
        <source>cosine</source>
        <translation>Kosinus</translation>
    </message>
    <message>
        <source>Error of %1</source>
        <translation>Fehler von %1</translation>
    </message>
    <message>
        <source>root of the mean squared difference</source>
        <translation>Wurzel der mittleren quadrierten Differenz</translation>
    </message>
    <message>
        <source>%1 dB</source>
        <translation>%1 dB</translation>
    </message>
    <message>
        <source>of the angle between the weights before and after</source>
        <translation>des Winkels zwischen den Gewichten vorher und nachher</translation>
    </message>
    <message>
        <source>largest error</source>
        <translation>größter Fehler</translation>
    </message>
    <message>
        <source>KL alone</source>
        <translation>KL allein</translation>
    </message>
    <message>
        <source>the divergence predicted with this tensor alone in its chosen type</source>
        <translation>die Divergenz, die für diesen Tensor allein in seinem gewählten Typ vorhergesagt wird</translation>
    </message>
    <message>
        <source>At %1, with the importance matrix</source>
        <translation>Bei %1, mit der Wichtigkeitsmatrix</translation>
    </message>
    <message>
        <source>‹ Whole model</source>
        <translation>‹ Ganzes Modell</translation>
    </message>
    <message>
        <source>The model&apos;s own facts and its tokenizer, with no tensor selected</source>
        <translation>Angaben zum Modell selbst und zu seinem Tokenizer, ohne gewählten Tensor</translation>
    </message>
</context>
<context>
    <name>halftone::app::JobsPanel</name>
    <message>
        <source>Pause</source>
        <translation>Pause</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>stopping</source>
        <translation>hält an</translation>
    </message>
    <message>
        <source>paused</source>
        <translation>angehalten</translation>
    </message>
    <message>
        <source>%1 %</source>
        <translation>%1 %</translation>
    </message>
    <message>
        <source>%1 left</source>
        <translation>noch %1</translation>
    </message>
    <message>
        <source>Resume</source>
        <translation>Fortsetzen</translation>
    </message>
    <message>
        <source>No jobs</source>
        <translation>Keine Aufträge</translation>
    </message>
    <message>
        <source>Jobs</source>
        <translation>Aufträge</translation>
    </message>
    <message>
        <source>on %1</source>
        <translation>auf %1</translation>
    </message>
</context>
<context>
    <name>halftone::app::KvTypeButton</name>
    <message>
        <source>What every column&apos;s keys and values of past tokens are kept as: fewer bits take less memory and cost some accuracy</source>
        <translation>Wie jede Spalte die Schlüssel und Werte vergangener Tokens aufbewahrt: Weniger Bits brauchen weniger Speicher und kosten etwas Genauigkeit</translation>
    </message>
    <message>
        <source>%1: %2 for %3 tokens in each column</source>
        <translation>%1: %2 für %3 Tokens in jeder Spalte</translation>
    </message>
    <message>
        <source>KV %1</source>
        <translation>KV %1</translation>
    </message>
    <message>
        <source>What every variant&apos;s keys and values of past tokens are kept as; the original&apos;s are F16, so that the cost is seen</source>
        <translation>Wie jede Variante die Schlüssel und Werte vergangener Tokens aufbewahrt; das Original als F16, damit man die Kosten sieht</translation>
    </message>
    <message>
        <source>%1: %2 for %3 tokens in each variant</source>
        <translation>%1: %2 für %3 Tokens in jeder Variante</translation>
    </message>
</context>
<context>
    <name>halftone::app::LayersCard</name>
    <message>
        <source>All layers</source>
        <translation>Alle Schichten</translation>
    </message>
    <message>
        <source>What is shown of all layers</source>
        <translation>Was von allen Schichten gezeigt wird</translation>
    </message>
    <message>
        <source>Histograms</source>
        <translation>Histogramme</translation>
    </message>
    <message>
        <source>Cost as planned</source>
        <translation>Preis nach Plan</translation>
    </message>
    <message>
        <source>Cost at 3 bits</source>
        <translation>Preis bei 3 Bit</translation>
    </message>
    <message>
        <source>layers</source>
        <translation>Schichten</translation>
    </message>
    <message>
        <source>sensitivity</source>
        <translation>Empfindlichkeit</translation>
    </message>
    <message>
        <source>Measure</source>
        <translation>Messen</translation>
    </message>
    <message>
        <source>How far the weights themselves move in each type; takes about as long as quantizing to all of them</source>
        <translation>Wie weit sich die Gewichte selbst in jedem Typ bewegen; dauert etwa so lange wie das Quantisieren in alle</translation>
    </message>
    <message>
        <source>all layers</source>
        <translation>alle Schichten</translation>
    </message>
    <message>
        <source>All layers of %1</source>
        <translation>Alle Schichten von %1</translation>
    </message>
    <message>
        <source>all layers, a part of each</source>
        <translation>alle Schichten, je ein Teil</translation>
    </message>
    <message>
        <source>KL alone, guessed from the weights</source>
        <translation>KL allein, aus den Gewichten geschätzt</translation>
    </message>
    <message>
        <source>KL alone, guessed from activations</source>
        <translation>KL allein, aus Aktivierungen geschätzt</translation>
    </message>
    <message>
        <source>KL alone, measured</source>
        <translation>KL allein, gemessen</translation>
    </message>
    <message>
        <source>Sensitivity</source>
        <translation>Empfindlichkeit</translation>
    </message>
    <message>
        <source>Open a model to see what fewer bits cost its layers.</source>
        <translation>Ein Modell öffnen, um zu sehen, was weniger Bits seine Schichten kosten.</translation>
    </message>
    <message>
        <source>Every tensor keeps its type, so nothing is lost.</source>
        <translation>Jeder Tensor behält seinen Typ, es geht also nichts verloren.</translation>
    </message>
    <message>
        <source>Measuring what fewer bits cost…</source>
        <translation>Misst, was weniger Bits kosten …</translation>
    </message>
    <message>
        <source>What fewer bits cost each layer is not known yet. Measure it here on the weights, or on the Plan page on a text, which tells more.</source>
        <translation>Was weniger Bits jede Schicht kosten, ist noch nicht bekannt. Hier an den Gewichten messen oder auf der Seite Planen an einem Text, was mehr sagt.</translation>
    </message>
</context>
<context>
    <name>halftone::app::LayoutBar</name>
    <message>
        <source>Layout of a packed block</source>
        <translation>Aufbau eines gepackten Blocks</translation>
    </message>
    <message>
        <source>%1 bits</source>
        <translation>%1 Bits</translation>
    </message>
</context>
<context>
    <name>halftone::app::LearnPage</name>
    <message>
        <source>Learn what a bit costs</source>
        <translation>Lernen, was ein Bit kostet</translation>
    </message>
    <message>
        <source>Short lessons on scales, blocks, outliers, code books, error feedback and entropy, with knobs to turn, on the weights of the open model. Open one, or begin with the sample.</source>
        <translation>Kurze Lektionen über Skalen, Blöcke, Ausreißer, Codebücher, Fehlerrückführung und Entropie, mit Reglern, an den Gewichten des offenen Modells. Öffnen Sie eines, oder beginnen Sie mit dem Beispiel.</translation>
    </message>
    <message>
        <source>Open the sample model</source>
        <translation>Beispielmodell öffnen</translation>
    </message>
    <message>
        <source>Lesson</source>
        <translation>Lektion</translation>
    </message>
    <message>
        <source>Lessons</source>
        <translation>Lektionen</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>Zurück</translation>
    </message>
    <message>
        <source>Next</source>
        <translation>Weiter</translation>
    </message>
    <message>
        <source>Knobs</source>
        <translation>Regler</translation>
    </message>
    <message>
        <source>Try it</source>
        <translation>Ausprobieren</translation>
    </message>
    <message>
        <source>This file holds no weights to look at.</source>
        <translation>Diese Datei enthält keine Gewichte, die man ansehen könnte.</translation>
    </message>
    <message>
        <source>Try it on %1</source>
        <translation>Ausprobieren an %1</translation>
    </message>
    <message>
        <source>Reading weights…</source>
        <translation>Gewichte werden gelesen…</translation>
    </message>
    <message>
        <source>Weights of %1</source>
        <translation>Gewichte von %1</translation>
    </message>
    <message>
        <source>All %1 weights of %2</source>
        <translation>Alle %1 Gewichte von %2</translation>
    </message>
    <message>
        <source>%1 of the %2 weights of %3, in whole rows</source>
        <translation>%1 der %2 Gewichte von %3, in ganzen Zeilen</translation>
    </message>
</context>
<context>
    <name>halftone::app::Lesson</name>
    <message>
        <source>The rows of this tensor are shorter than a block of 32. Select a larger one.</source>
        <translation>Die Zeilen dieses Tensors sind kürzer als ein Block von 32. Wählen Sie einen größeren.</translation>
    </message>
</context>
<context>
    <name>halftone::app::LessonList</name>
    <message>
        <source>Lessons</source>
        <translation>Lektionen</translation>
    </message>
    <message>
        <source>visited</source>
        <translation>besucht</translation>
    </message>
</context>
<context>
    <name>halftone::app::LogView</name>
    <message>
        <source>Log</source>
        <translation>Log</translation>
    </message>
    <message>
        <source>Nothing happened yet</source>
        <translation>Noch ist nichts geschehen</translation>
    </message>
</context>
<context>
    <name>halftone::app::MainWindow</name>
    <message>
        <source>Halftone</source>
        <translation>Halftone</translation>
    </message>
    <message>
        <source>Explore</source>
        <translation>Erkunden</translation>
    </message>
    <message>
        <source>Plan</source>
        <translation>Planen</translation>
    </message>
    <message>
        <source>Compare</source>
        <translation>Vergleichen</translation>
    </message>
    <message>
        <source>Evaluate</source>
        <translation>Auswerten</translation>
    </message>
    <message>
        <source>Learn</source>
        <translation>Lernen</translation>
    </message>
    <message>
        <source>Dismiss</source>
        <translation>Ausblenden</translation>
    </message>
    <message>
        <source>%1 – Halftone</source>
        <translation>%1 – Halftone</translation>
    </message>
    <message>
        <source>Recipes (*.json)</source>
        <translation>Rezepte (*.json)</translation>
    </message>
    <message>
        <source>Open a model…</source>
        <translation>Modell öffnen…</translation>
    </message>
    <message>
        <source>Open a model folder…</source>
        <translation>Modellordner öffnen…</translation>
    </message>
    <message>
        <source>Open the sample model</source>
        <translation>Beispielmodell öffnen</translation>
    </message>
    <message>
        <source>Close the model</source>
        <translation>Modell schließen</translation>
    </message>
    <message>
        <source>Save recipe</source>
        <translation>Rezept speichern</translation>
    </message>
    <message>
        <source>Save the recipe to a file (Ctrl+S)</source>
        <translation>Das Rezept in eine Datei speichern (Strg+S)</translation>
    </message>
    <message>
        <source>Load recipe</source>
        <translation>Rezept laden</translation>
    </message>
    <message>
        <source>Load a recipe from a file (Ctrl+L)</source>
        <translation>Ein Rezept aus einer Datei laden (Strg+L)</translation>
    </message>
    <message>
        <source>Quantize…</source>
        <translation>Quantisieren…</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>Beenden</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>Rückgängig</translation>
    </message>
    <message>
        <source>Redo</source>
        <translation>Wiederholen</translation>
    </message>
    <message>
        <source>Choose a preset</source>
        <translation>Voreinstellung wählen</translation>
    </message>
    <message>
        <source>Filter tensors</source>
        <translation>Tensoren filtern</translation>
    </message>
    <message>
        <source>Tensors</source>
        <translation>Tensoren</translation>
    </message>
    <message>
        <source>Inspector</source>
        <translation>Inspektor</translation>
    </message>
    <message>
        <source>Log</source>
        <translation>Log</translation>
    </message>
    <message>
        <source>Keyboard shortcuts</source>
        <translation>Tastenkürzel</translation>
    </message>
    <message>
        <source>About Halftone</source>
        <translation>Über Halftone</translation>
    </message>
    <message>
        <source>Recent</source>
        <translation>Zuletzt geöffnet</translation>
    </message>
    <message>
        <source>Forget these</source>
        <translation>Diese vergessen</translation>
    </message>
    <message>
        <source>Show</source>
        <translation>Anzeigen</translation>
    </message>
    <message>
        <source>Theme</source>
        <translation>Farben</translation>
    </message>
    <message>
        <source>As the system</source>
        <translation>Wie das System</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>Hell</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>Dunkel</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>Sprache</translation>
    </message>
    <message>
        <source>Open a model</source>
        <translation>Ein Modell öffnen</translation>
    </message>
    <message>
        <source>Models (*.gguf *.safetensors config.json);;All files (*)</source>
        <translation>Modelle (*.gguf *.safetensors config.json);;Alle Dateien (*)</translation>
    </message>
    <message>
        <source>Open a model folder</source>
        <translation>Einen Modellordner öffnen</translation>
    </message>
    <message>
        <source>Saving the recipe</source>
        <translation>Rezept wird gespeichert</translation>
    </message>
    <message>
        <source>Saved the recipe to %1</source>
        <translation>Rezept in %1 gespeichert</translation>
    </message>
    <message>
        <source>Loading a recipe</source>
        <translation>Rezept wird geladen</translation>
    </message>
    <message>
        <source>load %1</source>
        <translation>%1 laden</translation>
    </message>
    <message>
        <source>Halftone will use it from the next start on.</source>
        <translation>Halftone verwendet sie ab dem nächsten Start.</translation>
    </message>
    <message>
        <source>2 3 4 5 6 8</source>
        <translation>2 3 4 5 6 8</translation>
    </message>
    <message>
        <source>bits of the selected tensors</source>
        <translation>Bits der gewählten Tensoren</translation>
    </message>
    <message>
        <source>keep the source&apos;s type</source>
        <translation>Typ der Quelle behalten</translation>
    </message>
    <message>
        <source>pin: presets leave it alone</source>
        <translation>anheften: Voreinstellungen lassen ihn in Ruhe</translation>
    </message>
    <message>
        <source>Shows what every bit of a language model costs.</source>
        <translation>Zeigt, was jedes Bit eines Sprachmodells kostet.</translation>
    </message>
    <message>
        <source>A halftone print gives a continuous image with a few discrete tones. Quantization does that to weights.</source>
        <translation>Ein Rasterdruck gibt ein stufenloses Bild mit wenigen festen Tönen wieder. Dasselbe tut Quantisierung mit Gewichten.</translation>
    </message>
    <message>
        <source>Free software under the GNU General Public License, version 3 or later; its engine under the Apache License 2.0. Built with Qt %1.</source>
        <translation>Freie Software unter der GNU General Public License, Version 3 oder neuer; der Kern unter der Apache License 2.0. Gebaut mit Qt %1.</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>Differences to another model…</source>
        <translation>Unterschiede zu einem anderen Modell …</translation>
    </message>
    <message>
        <source>continue</source>
        <translation>weitermachen</translation>
    </message>
    <message>
        <source>The CPU computes with its widest instructions; the status bar says what else computes</source>
        <translation>Die CPU rechnet mit ihren breitesten Befehlen; die Statuszeile sagt, was sonst noch rechnet</translation>
    </message>
    <message>
        <source>Devices and speed…</source>
        <translation>Geräte und Geschwindigkeit …</translation>
    </message>
    <message>
        <source>Looking for unfinished files</source>
        <translation>Unfertige Dateien werden gesucht</translation>
    </message>
    <message>
        <source>Removing what was left</source>
        <translation>Reste werden entfernt</translation>
    </message>
    <message>
        <source>the lesson before, the next lesson</source>
        <translation>die vorige Lektion, die nächste Lektion</translation>
    </message>
</context>
<context>
    <name>halftone::app::MatrixCard</name>
    <message>
        <source>|w|, rows × columns</source>
        <translation>|w|, Zeilen × Spalten</translation>
    </message>
    <message>
        <source>map</source>
        <translation>Karte</translation>
    </message>
    <message>
        <source>Map of %1</source>
        <translation>Karte von %1</translation>
    </message>
    <message>
        <source>no outlier columns</source>
        <translation>keine Ausreißerspalten</translation>
    </message>
    <message>
        <source>outlier columns: %1</source>
        <translation>Ausreißerspalten: %1</translation>
    </message>
    <message>
        <source>What is shown of the matrix</source>
        <translation>Was von der Matrix gezeigt wird</translation>
    </message>
    <message>
        <source>Mean |w|</source>
        <translation>Mittel |w|</translation>
    </message>
    <message>
        <source>Largest |w|</source>
        <translation>Größtes |w|</translation>
    </message>
    <message>
        <source>Columns</source>
        <translation>Spalten</translation>
    </message>
    <message>
        <source>Rows</source>
        <translation>Zeilen</translation>
    </message>
    <message>
        <source>Singular values</source>
        <translation>Singulärwerte</translation>
    </message>
    <message>
        <source>channels</source>
        <translation>Kanäle</translation>
    </message>
    <message>
        <source>spectrum</source>
        <translation>Spektrum</translation>
    </message>
    <message>
        <source>Columns by |w|</source>
        <translation>Spalten nach |w|</translation>
    </message>
    <message>
        <source>Rows by |w|</source>
        <translation>Zeilen nach |w|</translation>
    </message>
    <message>
        <source>Low rank</source>
        <translation>Niedriger Rang</translation>
    </message>
    <message>
        <source>Choose one expert above to see its singular values.</source>
        <translation>Oben einen Experten wählen, um seine Singulärwerte zu sehen.</translation>
    </message>
    <message>
        <source>A single row has no spectrum.</source>
        <translation>Eine einzelne Zeile hat kein Spektrum.</translation>
    </message>
    <message>
        <source>Singular values of %1</source>
        <translation>Singulärwerte von %1</translation>
    </message>
    <message>
        <source>column</source>
        <translation>Spalte</translation>
    </message>
    <message>
        <source>row</source>
        <translation>Zeile</translation>
    </message>
    <message>
        <source>%1 of %2 singular values hold 90 %</source>
        <translation>%1 von %2 Singulärwerten halten 90 %</translation>
    </message>
    <message>
        <source>the first %1 of %2, estimated</source>
        <translation>die ersten %1 von %2, geschätzt</translation>
    </message>
    <message>
        <source>no outlier rows</source>
        <translation>keine Ausreißerzeilen</translation>
    </message>
    <message>
        <source>outlier rows: %1</source>
        <translation>Ausreißerzeilen: %1</translation>
    </message>
</context>
<context>
    <name>halftone::app::MetadataDifferenceModel</name>
    <message>
        <source>Key</source>
        <translation>Schlüssel</translation>
    </message>
    <message>
        <source>A</source>
        <translation>A</translation>
    </message>
    <message>
        <source>B</source>
        <translation>B</translation>
    </message>
</context>
<context>
    <name>halftone::app::NumberLine</name>
    <message>
        <source>Weights of a block and their levels</source>
        <translation>Gewichte eines Blocks und ihre Stufen</translation>
    </message>
    <message>
        <source>%1 weights, %2 levels, largest error %3</source>
        <translation>%1 Gewichte, %2 Stufen, größter Fehler %3</translation>
    </message>
    <message>
        <source>weight %1: %2
kept aside at 16 bits</source>
        <translation>Gewicht %1: %2
mit 16 Bits beiseitegelegt</translation>
    </message>
    <message>
        <source>weight %1: %2
code %3, stored as %4
error %5</source>
        <translation>Gewicht %1: %2
Code %3, gespeichert als %4
Fehler %5</translation>
    </message>
</context>
<context>
    <name>halftone::app::OverlayPlot</name>
    <message>
        <source>Weights of both models</source>
        <translation>Gewichte beider Modelle</translation>
    </message>
    <message>
        <source>value of a weight</source>
        <translation>Wert eines Gewichts</translation>
    </message>
    <message>
        <source>density</source>
        <translation>Dichte</translation>
    </message>
</context>
<context>
    <name>halftone::app::PictureMaker</name>
    <message>
        <source>halftone: %1 cannot be made</source>
        <translation>halftone: %1 kann nicht angelegt werden</translation>
    </message>
    <message>
        <source>halftone: %1 cannot be written</source>
        <translation>halftone: %1 kann nicht geschrieben werden</translation>
    </message>
</context>
<context>
    <name>halftone::app::PlanMatrixModel</name>
    <message>
        <source>layer %1</source>
        <translation>Schicht %1</translation>
    </message>
    <message>
        <source>output</source>
        <translation>Ausgabe</translation>
    </message>
    <message>
        <source>embedding</source>
        <translation>Einbettung</translation>
    </message>
    <message>
        <source>mix</source>
        <translation>Mix</translation>
    </message>
    <message numerus="yes">
        <source>and %n more</source>
        <translation>
            <numerusform>und %n weiterer</numerusform>
            <numerusform>und %n weitere</numerusform>
        </translation>
    </message>
    <message>
        <source>%1, %2</source>
        <translation>%1, %2</translation>
    </message>
    <message>
        <source>%1: none</source>
        <translation>%1: keine</translation>
    </message>
    <message>
        <source>%1: %2 bits</source>
        <translation>%1: %2 Bit</translation>
    </message>
    <message>
        <source>, pinned</source>
        <translation>, angeheftet</translation>
    </message>
    <message>
        <source>, fall-back</source>
        <translation>, Ersatz</translation>
    </message>
    <message>
        <source>held recipe: %1</source>
        <translation>gehaltenes Rezept: %1</translation>
    </message>
    <message>
        <source>, %1 in the held recipe</source>
        <translation>, %1 im gehaltenen Rezept</translation>
    </message>
</context>
<context>
    <name>halftone::app::PlanMatrixView</name>
    <message>
        <source>Bits per layer and role</source>
        <translation>Bits nach Schicht und Rolle</translation>
    </message>
    <message>
        <source>As the recipe says</source>
        <translation>Wie das Rezept sagt</translation>
    </message>
    <message>
        <source>Pin or unpin</source>
        <translation>Anheften oder lösen</translation>
    </message>
    <message>
        <source>Look into the weights</source>
        <translation>In die Gewichte sehen</translation>
    </message>
</context>
<context>
    <name>halftone::app::PlanPage</name>
    <message>
        <source>Open a model to choose its bits.</source>
        <translation>Ein Modell öffnen, um seine Bits zu wählen.</translation>
    </message>
    <message>
        <source>Bits per layer and role</source>
        <translation>Bits nach Schicht und Rolle</translation>
    </message>
    <message>
        <source>Matrix</source>
        <translation>Matrix</translation>
    </message>
    <message>
        <source>Tensors</source>
        <translation>Tensoren</translation>
    </message>
    <message>
        <source>How the plan is shown</source>
        <translation>Wie der Plan gezeigt wird</translation>
    </message>
    <message>
        <source>paint with</source>
        <translation>malen mit</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>Größe</translation>
    </message>
    <message>
        <source>Presets</source>
        <translation>Vorlagen</translation>
    </message>
    <message>
        <source>Roles</source>
        <translation>Rollen</translation>
    </message>
    <message>
        <source>Layers</source>
        <translation>Schichten</translation>
    </message>
    <message>
        <source>What the sizes are of</source>
        <translation>Wovon die Größen sind</translation>
    </message>
    <message>
        <source>What decides</source>
        <translation>Was bestimmt</translation>
    </message>
    <message>
        <source>Rules</source>
        <translation>Regeln</translation>
    </message>
    <message>
        <source>Sizes of the presets</source>
        <translation>Größen der Voreinstellungen</translation>
    </message>
    <message>
        <source>your recipe</source>
        <translation>dieses Rezept</translation>
    </message>
    <message>
        <source>Filled: after quantizing, by bits. Outline: now. Click to select these tensors.</source>
        <translation>Gefüllt: nach dem Quantisieren, nach Bits. Umriss: jetzt. Ein Klick wählt diese Tensoren.</translation>
    </message>
    <message>
        <source>%1 → %2 where rows of %3 do not fit</source>
        <translation>%1 → %2, wo Zeilen von %3 nicht passen</translation>
    </message>
    <message>
        <source>%1 · %2</source>
        <translation>%1 · %2</translation>
    </message>
    <message>
        <source>fall-back: </source>
        <translation>Ersatz: </translation>
    </message>
    <message>
        <source>pinned</source>
        <translation>angeheftet</translation>
    </message>
    <message>
        <source>Pick a colour and drag, or click a header. Keys: 2–8 bits, 0 source, P pin. Underlined: by hand. Folded corner: fall-back. Lower edge: sensitivity.</source>
        <translation>Farbe wählen und ziehen, oder einen Kopf anklicken. Tasten: 2–8, 0 Quelle, P anheften. Strich: von Hand. Ecke: Ersatz. Kante: Empfindlichkeit.</translation>
    </message>
    <message>
        <source>Quality</source>
        <translation>Güte</translation>
    </message>
    <message>
        <source>Budget</source>
        <translation>Budget</translation>
    </message>
    <message>
        <source>Decisions</source>
        <translation>Gründe</translation>
    </message>
    <message>
        <source>Exact sizes; a click applies the preset.</source>
        <translation>Genaue Größen; ein Klick wendet die Vorlage an.</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>Exportieren</translation>
    </message>
    <message>
        <source>Take the plan elsewhere: as a llama-quantize command or as a picture</source>
        <translation>Den Plan mitnehmen: als llama-quantize-Befehl oder als Bild</translation>
    </message>
    <message>
        <source>Copy as llama-quantize command</source>
        <translation>Als llama-quantize-Befehl kopieren</translation>
    </message>
    <message>
        <source>Matrix as picture…</source>
        <translation>Matrix als Bild …</translation>
    </message>
    <message>
        <source>plan</source>
        <translation>plan</translation>
    </message>
</context>
<context>
    <name>halftone::app::PlanTableModel</name>
    <message>
        <source>Tensor</source>
        <translation>Tensor</translation>
    </message>
    <message>
        <source>Layer</source>
        <translation>Schicht</translation>
    </message>
    <message>
        <source>Role</source>
        <translation>Rolle</translation>
    </message>
    <message>
        <source>Shape</source>
        <translation>Form</translation>
    </message>
    <message>
        <source>Now</source>
        <translation>Jetzt</translation>
    </message>
    <message>
        <source>Chosen</source>
        <translation>Gewählt</translation>
    </message>
    <message>
        <source>Bytes now</source>
        <translation>Bytes jetzt</translation>
    </message>
    <message>
        <source>Bytes then</source>
        <translation>Bytes dann</translation>
    </message>
    <message>
        <source>Decided by</source>
        <translation>Bestimmt durch</translation>
    </message>
    <message>
        <source>, fall-back from %1</source>
        <translation>, Ersatz für %1</translation>
    </message>
    <message>
        <source>%1, pinned</source>
        <translation>%1, angeheftet</translation>
    </message>
    <message>
        <source>Held</source>
        <translation>Gehalten</translation>
    </message>
</context>
<context>
    <name>halftone::app::PlanTableView</name>
    <message>
        <source>Filter by name, role, type or rule</source>
        <translation>Nach Name, Rolle, Typ oder Regel filtern</translation>
    </message>
    <message>
        <source>Filter tensors</source>
        <translation>Tensoren filtern</translation>
    </message>
    <message>
        <source>Tensors</source>
        <translation>Tensoren</translation>
    </message>
</context>
<context>
    <name>halftone::app::PromptBar</name>
    <message>
        <source>Prompt</source>
        <translation>Eingabetext</translation>
    </message>
    <message>
        <source>The text every column continues</source>
        <translation>Der Text, den jede Spalte fortsetzt</translation>
    </message>
    <message>
        <source>Let every column write (Ctrl+Return)</source>
        <translation>Jede Spalte schreiben lassen (Strg+Eingabe)</translation>
    </message>
    <message>
        <source>Topics</source>
        <translation>Themen</translation>
    </message>
    <message>
        <source>seed </source>
        <translation>Startwert </translation>
    </message>
    <message>
        <source>Seed: the same seed draws the same numbers in every column</source>
        <translation>Startwert: derselbe zieht in jeder Spalte dieselben Zufallszahlen</translation>
    </message>
    <message>
        <source>temp </source>
        <translation>Temp. </translation>
    </message>
    <message>
        <source>Temperature: 0 always takes the most probable token</source>
        <translation>Temperatur: 0 nimmt immer das wahrscheinlichste Token</translation>
    </message>
    <message>
        <source> tokens</source>
        <translation> Tokens</translation>
    </message>
    <message>
        <source>At most this many tokens</source>
        <translation>Höchstens so viele Tokens</translation>
    </message>
    <message>
        <source>Follow original</source>
        <translation>Folgen</translation>
    </message>
    <message>
        <source>Lead every column along the original&apos;s words, and shade how much less it believes in them</source>
        <translation>Jede Spalte die Wörter des Originals entlang führen und zeigen, wie viel weniger sie ihnen traut</translation>
    </message>
    <message>
        <source>Blind vote</source>
        <translation>Blind wählen</translation>
    </message>
    <message>
        <source>Shuffle the columns and hide which is which until you have chosen the best text</source>
        <translation>Die Spalten mischen und verbergen, welche welche ist, bis Sie den besten Text gewählt haben</translation>
    </message>
    <message>
        <source>Measure</source>
        <translation>Messen</translation>
    </message>
    <message>
        <source>Perplexity and KL divergence of every column on held-out text</source>
        <translation>Perplexität und KL-Divergenz jeder Spalte auf zurückgehaltenem Text</translation>
    </message>
    <message>
        <source>Add column</source>
        <translation>Spalte</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>Exportieren</translation>
    </message>
    <message>
        <source>Page (HTML)...</source>
        <translation>Seite (HTML)...</translation>
    </message>
    <message>
        <source>Markdown...</source>
        <translation>Markdown...</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>Anhalten</translation>
    </message>
    <message>
        <source>Run</source>
        <translation>Los</translation>
    </message>
    <message>
        <source>Tokens</source>
        <translation>Tokens</translation>
    </message>
    <message>
        <source>What every column reads: the prompt as the chat template and the tokenizer make it</source>
        <translation>Was jede Spalte liest: die Eingabe, wie Chat-Vorlage und Tokenizer sie machen</translation>
    </message>
</context>
<context>
    <name>halftone::app::PromptView</name>
    <message>
        <source>What every column reads</source>
        <translation>Was jede Spalte liest</translation>
    </message>
    <message>
        <source>%1 tokens, %2 of them special: marked here, and never written as text</source>
        <translation>%1 Tokens, davon %2 besondere: hier markiert und nie als Text geschrieben</translation>
    </message>
</context>
<context>
    <name>halftone::app::QualityView</name>
    <message>
        <source>Weights</source>
        <translation>Gewichte</translation>
    </message>
    <message>
        <source>Activations</source>
        <translation>Aktivierungen</translation>
    </message>
    <message>
        <source>Output</source>
        <translation>Ausgabe</translation>
    </message>
    <message>
        <source>What the sensitivity is measured on</source>
        <translation>Woran die Empfindlichkeit gemessen wird</translation>
    </message>
    <message>
        <source>Text...</source>
        <translation>Text...</translation>
    </message>
    <message>
        <source>Measure sensitivity</source>
        <translation>Empfindlichkeit messen</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>Zurück</translation>
    </message>
    <message>
        <source>Once it is known how much each tensor suffers from fewer bits, this shows quality against size, and the budget below finds the best recipe for any size.</source>
        <translation>Ist bekannt, wie sehr jeder Tensor unter weniger Bits leidet, steht hier Güte gegen Größe, und das Budget darunter findet für jede Größe das beste Rezept.</translation>
    </message>
    <message>
        <source>Measure it</source>
        <translation>Nachmessen</translation>
    </message>
    <message>
        <source>What the recipe&apos;s KL divergence really is, on held-out text; a square in the plot</source>
        <translation>Welche KL-Divergenz das Rezept wirklich hat, auf zurückgehaltenem Text; ein Quadrat im Bild</translation>
    </message>
    <message>
        <source>Sensitivity...</source>
        <translation>Empfindlichkeit...</translation>
    </message>
    <message>
        <source>Measure the sensitivity at another level or on another text</source>
        <translation>Die Empfindlichkeit auf anderer Stufe oder an anderem Text messen</translation>
    </message>
    <message>
        <source>quality</source>
        <translation>Guete</translation>
    </message>
    <message>
        <source>How far the weights themselves move. Takes about as long as quantizing to every type; works on every model.</source>
        <translation>Wie weit sich die Gewichte selbst bewegen. Dauert etwa so lange wie das Quantisieren in jeden Typ; geht bei jedem Modell.</translation>
    </message>
    <message>
        <source>How far each matrix&apos;s output moves on a text. Needs a model that can run here.</source>
        <translation>Wie weit sich die Ausgabe jeder Matrix an einem Text bewegt. Braucht ein Modell, das hier läuft.</translation>
    </message>
    <message>
        <source>How far the predicted next words move when one tensor alone is quantized. The most telling, and the slowest: minutes on a small model, hours on a large one. Goes on where it was stopped.</source>
        <translation>Wie weit sich die vorhergesagten nächsten Wörter bewegen, wenn ein Tensor allein quantisiert wird. Am aussagekräftigsten und am langsamsten: Minuten bei einem kleinen Modell, Stunden bei einem großen. Macht weiter, wo es angehalten wurde.</translation>
    </message>
    <message>
        <source>Text to measure on</source>
        <translation>Text zum Messen</translation>
    </message>
    <message>
        <source>Text (*.txt *.md);;All files (*)</source>
        <translation>Text (*.txt *.md);;Alle Dateien (*)</translation>
    </message>
    <message>
        <source>Measuring...</source>
        <translation>Misst...</translation>
    </message>
    <message>
        <source>the weights</source>
        <translation>den Gewichten</translation>
    </message>
    <message>
        <source>activations</source>
        <translation>Aktivierungen</translation>
    </message>
    <message>
        <source>the output</source>
        <translation>der Ausgabe</translation>
    </message>
    <message>
        <source>KL divergence from the original, predicted from %1, with its band. Click a preset to apply it, or drag to a size.</source>
        <translation>KL-Divergenz vom Original, vorhergesagt aus %1, mit ihrem Band. Auf eine Vorlage klicken, um sie anzuwenden, oder zu einer Größe ziehen.</translation>
    </message>
    <message>
        <source>In part told from the weights: the output was not measured to its end.</source>
        <translation>Zum Teil aus den Gewichten geschlossen: Die Ausgabe wurde nicht zu Ende gemessen.</translation>
    </message>
    <message>
        <source>Measured %1</source>
        <translation>Gemessen %1</translation>
    </message>
</context>
<context>
    <name>halftone::app::QuantizeDialog</name>
    <message>
        <source>Quantize</source>
        <translation>Quantisieren</translation>
    </message>
    <message>
        <source>Cancelled. Nothing was written.</source>
        <translation>Abgebrochen. Es wurde nichts geschrieben.</translation>
    </message>
    <message>
        <source>Output file</source>
        <translation>Ausgabedatei</translation>
    </message>
    <message>
        <source>Choose...</source>
        <translation>Wählen...</translation>
    </message>
    <message>
        <source>Quantize again what is quantized already (quality suffers twice)</source>
        <translation>Noch einmal quantisieren, was schon quantisiert ist (die Güte leidet zweimal)</translation>
    </message>
    <message>
        <source>Recipe</source>
        <translation>Rezept</translation>
    </message>
    <message>
        <source>Write to</source>
        <translation>Schreiben nach</translation>
    </message>
    <message>
        <source>Exact size</source>
        <translation>Genaue Größe</translation>
    </message>
    <message>
        <source>Free there</source>
        <translation>Dort frei</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>Pause</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Go on in the background</source>
        <translation>Im Hintergrund weiter</translation>
    </message>
    <message>
        <source>Go on</source>
        <translation>Weiter</translation>
    </message>
    <message>
        <source>Show in folder</source>
        <translation>Im Ordner zeigen</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>Öffnen</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>GGUF models (*.gguf)</source>
        <translation>GGUF-Modelle (*.gguf)</translation>
    </message>
    <message>
        <source>There is not enough room: %1 are missing.</source>
        <translation>Der Platz reicht nicht: %1 fehlen.</translation>
    </message>
    <message>
        <source>unknown</source>
        <translation>unbekannt</translation>
    </message>
    <message>
        <source>The folder %1 does not exist or cannot be used.</source>
        <translation>Der Ordner %1 existiert nicht oder ist nicht benutzbar.</translation>
    </message>
    <message>
        <source>A file name is missing.</source>
        <translation>Ein Dateiname fehlt.</translation>
    </message>
    <message>
        <source>This is the open model itself; the source is never overwritten.</source>
        <translation>Das ist das offene Modell selbst; die Quelle wird nie überschrieben.</translation>
    </message>
    <message>
        <source>Some tensors are quantized already; a float source gives better results.</source>
        <translation>Einige Tensoren sind schon quantisiert; aus Gleitkommazahlen wird es besser.</translation>
    </message>
    <message>
        <source>The file exists and will be replaced once the new one is complete.</source>
        <translation>Die Datei existiert und wird ersetzt, sobald die neue vollständig ist.</translation>
    </message>
    <message numerus="yes">
        <source>%n tensors get another type, because their rows are not whole blocks.</source>
        <translation>
            <numerusform>%n Tensor bekommt einen anderen Typ, weil seine Zeilen keine ganzen Blöcke sind.</numerusform>
            <numerusform>%n Tensoren bekommen einen anderen Typ, weil ihre Zeilen keine ganzen Blöcke sind.</numerusform>
        </translation>
    </message>
    <message>
        <source>Quantize %1</source>
        <translation>%1 quantisieren</translation>
    </message>
    <message>
        <source>Starting...</source>
        <translation>Beginnt...</translation>
    </message>
    <message>
        <source>%1 %</source>
        <translation>%1 %</translation>
    </message>
    <message>
        <source>%1 left</source>
        <translation>noch %1</translation>
    </message>
    <message>
        <source>Paused</source>
        <translation>Angehalten</translation>
    </message>
    <message>
        <source>%1 is complete: %2, %3, in %4 s, bound by %5.</source>
        <translation>%1 ist vollständig: %2, %3, in %4 s, begrenzt durch %5.</translation>
    </message>
    <message>
        <source>Remove what it left</source>
        <translation>Seinen Rest löschen</translation>
    </message>
    <message>
        <source>Types of so few bits need an importance matrix: make one beside the recipe, in the strip above.</source>
        <translation>Typen mit so wenigen Bits brauchen eine Wichtigkeitsmatrix: neben dem Rezept, in der Leiste oben, lässt sie sich machen.</translation>
    </message>
    <message>
        <source>Verify the file before it gets its name</source>
        <translation>Die Datei nachprüfen, bevor sie ihren Namen bekommt</translation>
    </message>
    <message>
        <source>It is read again from the disk: every block must decode to finite weights, and be what was computed.</source>
        <translation>Sie wird noch einmal vom Datenträger gelesen: Jeder Block muss endliche Gewichte ergeben und das Berechnete sein.</translation>
    </message>
    <message>
        <source>Continue</source>
        <translation>Fortsetzen</translation>
    </message>
    <message>
        <source>An earlier run stopped here. %1 of %2 are finished and can be used.</source>
        <translation>Ein früherer Lauf ist hier stehen geblieben. %1 von %2 sind fertig und können genutzt werden.</translation>
    </message>
    <message>
        <source>An earlier run stopped here and left nothing that this recipe can use.</source>
        <translation>Ein früherer Lauf ist hier stehen geblieben und hat nichts hinterlassen, was dieses Rezept nutzen kann.</translation>
    </message>
    <message>
        <source>%1 is complete and verified: %2, %3, in %4 s, bound by %5.</source>
        <translation>%1 ist vollständig und nachgeprüft: %2, %3, in %4 s, begrenzt durch %5.</translation>
    </message>
    <message>
        <source>Compute on</source>
        <translation>Rechnen auf</translation>
    </message>
    <message>
        <source>Quantized on %1.</source>
        <translation>Quantisiert auf %1.</translation>
    </message>
    <message>
        <source>Looking at the folder</source>
        <translation>Ordner wird geprüft</translation>
    </message>
    <message>
        <source>It was quantizing with the importance matrix %1, without which little of it can be used.</source>
        <translation>Sie quantisierte mit der Wichtigkeitsmatrix %1; ohne diese ist wenig davon brauchbar.</translation>
    </message>
    <message>
        <source>Make it from that text again</source>
        <translation>Aus diesem Text neu machen</translation>
    </message>
    <message>
        <source>Open it again</source>
        <translation>Wieder öffnen</translation>
    </message>
    <message>
        <source>Removing what was left</source>
        <translation>Reste werden entfernt</translation>
    </message>
</context>
<context>
    <name>halftone::app::RecipeStrip</name>
    <message>
        <source>Model</source>
        <translation>Modell</translation>
    </message>
    <message>
        <source>Choose a preset (Ctrl+R)</source>
        <translation>Voreinstellung wählen (Strg+R)</translation>
    </message>
    <message>
        <source>Write the quantized file (%1)</source>
        <translation>Die quantisierte Datei schreiben (%1)</translation>
    </message>
    <message>
        <source>%1 bits</source>
        <translation>%1 Bit</translation>
    </message>
    <message>
        <source>Every matrix alike</source>
        <translation>Jede Matrix gleich</translation>
    </message>
    <message>
        <source>Unchanged</source>
        <translation>Unverändert</translation>
    </message>
    <message>
        <source>Sizes of the presets</source>
        <translation>Größen der Voreinstellungen</translation>
    </message>
    <message>
        <source>No model open</source>
        <translation>Kein Modell offen</translation>
    </message>
    <message>
        <source>%1, %2 weights</source>
        <translation>%1, %2 Gewichte</translation>
    </message>
    <message>
        <source>Recipe: %1</source>
        <translation>Rezept: %1</translation>
    </message>
    <message numerus="yes">
        <source>%n by hand</source>
        <translation>
            <numerusform>%n von Hand</numerusform>
            <numerusform>%n von Hand</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n pin(s)</source>
        <translation>
            <numerusform>%n angeheftet</numerusform>
            <numerusform>%n angeheftet</numerusform>
        </translation>
    </message>
    <message>
        <source>The output will have exactly %1</source>
        <translation>Die Ausgabe wird genau %1 haben</translation>
    </message>
    <message numerus="yes">
        <source>%n fallback(s)</source>
        <translation>
            <numerusform>%n Ersatz</numerusform>
            <numerusform>%n Ersatz</numerusform>
        </translation>
    </message>
    <message>
        <source>Rows that are no multiple of the wanted block get the next type that fits; the tree marks them.</source>
        <translation>Zeilen, die kein Vielfaches des gewünschten Blocks sind, bekommen den nächsten passenden Typ; der Baum markiert sie.</translation>
    </message>
    <message>
        <source>KL %1 (%2–%3)</source>
        <translation>KL %1 (%2–%3)</translation>
    </message>
    <message>
        <source>KL not known yet</source>
        <translation>KL noch unbekannt</translation>
    </message>
    <message>
        <source>How far the output&apos;s predictions drift from the original&apos;s (KL divergence, nats per token), predicted from the tensors&apos; sensitivity, and the band in which 19 of 20 recipes lie</source>
        <translation>Wie weit die Vorhersagen der Ausgabe von denen des Originals abweichen (KL-Divergenz, Nats je Token), vorhergesagt aus der Empfindlichkeit der Tensoren, und das Band, in dem 19 von 20 Rezepten liegen</translation>
    </message>
    <message>
        <source>How far the output&apos;s predictions drift from the original&apos;s (KL divergence). Plan measures the tensors&apos; sensitivity, from which it follows for every recipe.</source>
        <translation>Wie weit die Vorhersagen der Ausgabe von denen des Originals abweichen (KL-Divergenz). Planen misst die Empfindlichkeit der Tensoren, aus der sie für jedes Rezept folgt.</translation>
    </message>
</context>
<context>
    <name>halftone::app::RidgeView</name>
    <message>
        <source>Histograms of all layers</source>
        <translation>Histogramme aller Schichten</translation>
    </message>
    <message>
        <source>Layer %1: standard deviation %2, largest |w| %3</source>
        <translation>Schicht %1: Standardabweichung %2, größtes |w| %3</translation>
    </message>
</context>
<context>
    <name>halftone::app::RulesEditor</name>
    <message>
        <source>Make the rule stronger</source>
        <translation>Die Regel stärker machen</translation>
    </message>
    <message>
        <source>Make the rule weaker</source>
        <translation>Die Regel schwächer machen</translation>
    </message>
    <message>
        <source>Remove the rule</source>
        <translation>Die Regel entfernen</translation>
    </message>
    <message>
        <source>Rules</source>
        <translation>Regeln</translation>
    </message>
    <message>
        <source>Pattern, such as blk\.[0-3]\.ffn_down</source>
        <translation>Muster, etwa blk\.[0-3]\.ffn_down</translation>
    </message>
    <message>
        <source>Pattern of a new rule</source>
        <translation>Muster einer neuen Regel</translation>
    </message>
    <message>
        <source>Type of a new rule</source>
        <translation>Typ einer neuen Regel</translation>
    </message>
    <message>
        <source>Add</source>
        <translation>Hinzu</translation>
    </message>
    <message>
        <source>Add the rule behind the others</source>
        <translation>Die Regel hinter den anderen anfügen</translation>
    </message>
    <message>
        <source>Rule %1 %2.</source>
        <translation>Regel %1 %2.</translation>
    </message>
    <message>
        <source>The first rule that matches decides; a choice by hand is stronger.</source>
        <translation>Die erste passende Regel bestimmt; eine Wahl von Hand ist stärker.</translation>
    </message>
    <message>
        <source>tensors that match: %1</source>
        <translation>passende Tensoren: %1</translation>
    </message>
</context>
<context>
    <name>halftone::app::RulesModel</name>
    <message>
        <source>Change rule %1</source>
        <translation>Regel %1 ändern</translation>
    </message>
    <message>
        <source>Name matches</source>
        <translation>Name passt auf</translation>
    </message>
    <message>
        <source>Type</source>
        <translation>Typ</translation>
    </message>
    <message>
        <source>Effect here</source>
        <translation>Wirkung hier</translation>
    </message>
    <message>
        <source>Add rule</source>
        <translation>Regel hinzufügen</translation>
    </message>
    <message>
        <source>Remove rule %1</source>
        <translation>Regel %1 entfernen</translation>
    </message>
    <message>
        <source>Move rule %1</source>
        <translation>Regel %1 verschieben</translation>
    </message>
    <message>
        <source>A rule needs a pattern, such as ffn_down.</source>
        <translation>Eine Regel braucht ein Muster, etwa ffn_down.</translation>
    </message>
    <message>
        <source>“%1” is not a regular expression: %2, at character %3.</source>
        <translation>„%1“ ist kein regulärer Ausdruck: %2, bei Zeichen %3.</translation>
    </message>
    <message>
        <source>matches no tensor of this model</source>
        <translation>passt auf keinen Tensor dieses Modells</translation>
    </message>
    <message>
        <source>decides all %1 matches</source>
        <translation>bestimmt alle %1 Treffer</translation>
    </message>
    <message>
        <source>decides %1 of %2 matches</source>
        <translation>bestimmt %1 von %2 Treffern</translation>
    </message>
    <message>
        <source>never decides: rule %1 matches first</source>
        <translation>bestimmt nie: Regel %1 passt zuerst</translation>
    </message>
    <message>
        <source>never decides: its tensors were chosen by hand</source>
        <translation>bestimmt nie: ihre Tensoren sind von Hand gewählt</translation>
    </message>
</context>
<context>
    <name>halftone::app::SizeList</name>
    <message>
        <source>Sizes</source>
        <translation>Größen</translation>
    </message>
</context>
<context>
    <name>halftone::app::SpectrumPlot</name>
    <message>
        <source>error of %1</source>
        <translation>Fehler von %1</translation>
    </message>
    <message>
        <source>weights</source>
        <translation>Gewichte</translation>
    </message>
    <message>
        <source>Energy of the first singular values</source>
        <translation>Energie der ersten Singulärwerte</translation>
    </message>
    <message>
        <source>first singular values</source>
        <translation>erste Singulärwerte</translation>
    </message>
    <message>
        <source>energy, %</source>
        <translation>Energie, %</translation>
    </message>
    <message>
        <source>first %1 of %2: %3 % of the energy
singular value %4</source>
        <translation>erste %1 von %2: %3 % der Energie
Singulärwert %4</translation>
    </message>
    <message>
        <source>%1
an estimate</source>
        <translation>%1
eine Schätzung</translation>
    </message>
</context>
<context>
    <name>halftone::app::SpeedTableModel</name>
    <message>
        <source>%1 %</source>
        <translation>%1 %</translation>
    </message>
    <message>
        <source>%1: tokens a second, one after the other, near the beginning of a text</source>
        <translation>%1: Token je Sekunde, eines nach dem anderen, nahe dem Anfang eines Textes</translation>
    </message>
    <message>
        <source>Of the speed at which the memory could be read once for each token; small models that fit the caches pass it</source>
        <translation>Von der Geschwindigkeit, mit der der Speicher für jedes Token einmal gelesen werden könnte; kleine Modelle, die in die Caches passen, übertreffen sie</translation>
    </message>
    <message>
        <source>Of the file, with every matrix in this type</source>
        <translation>Der Datei, mit jeder Matrix in diesem Typ</translation>
    </message>
    <message>
        <source>Tokens a second, one after the other, near the beginning of a text</source>
        <translation>Token je Sekunde, eines nach dem anderen, nahe dem Anfang eines Textes</translation>
    </message>
    <message>
        <source>type</source>
        <translation>Typ</translation>
    </message>
    <message>
        <source>file</source>
        <translation>Datei</translation>
    </message>
    <message>
        <source>CPU, tokens / s</source>
        <translation>CPU, Token / s</translation>
    </message>
    <message>
        <source>%1, tokens / s</source>
        <translation>%1, Token / s</translation>
    </message>
    <message>
        <source>of the bound</source>
        <translation>der Grenze</translation>
    </message>
</context>
<context>
    <name>halftone::app::StartPage</name>
    <message>
        <source>today</source>
        <translation>heute</translation>
    </message>
    <message>
        <source>yesterday</source>
        <translation>gestern</translation>
    </message>
    <message>
        <source>d MMMM</source>
        <comment>date without a year</comment>
        <translation>d. MMMM</translation>
    </message>
    <message>
        <source>Recent</source>
        <translation>Zuletzt geöffnet</translation>
    </message>
    <message>
        <source>What does every bit cost?</source>
        <translation>Was kostet jedes Bit?</translation>
    </message>
    <message>
        <source>Open a language model, look into its layers, choose their bits, read the difference.</source>
        <translation>Ein Sprachmodell öffnen, in seine Schichten sehen, ihre Bits wählen, den Unterschied lesen.</translation>
    </message>
    <message>
        <source>A .gguf file, any part of a split one, or a Hugging Face folder. Or drop it here.</source>
        <translation>Eine .gguf-Datei, ein Teil einer geteilten oder ein Hugging-Face-Ordner. Oder hier ablegen.</translation>
    </message>
    <message>
        <source>fairytale-7m, 15 MB, comes with the program. Everything works on it.</source>
        <translation>fairytale-7m, 15 MB, liegt dem Programm bei. Alles geht damit.</translation>
    </message>
    <message>
        <source>Open %1, %2, %3</source>
        <translation>%1 öffnen, %2, %3</translation>
    </message>
    <message>
        <source>%1 was not finished: %2 are done.</source>
        <translation>%1 wurde nicht fertig: %2 sind geschafft.</translation>
    </message>
    <message>
        <source>Continue...</source>
        <translation>Weitermachen...</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>Entfernen</translation>
    </message>
</context>
<context>
    <name>halftone::app::StatusLine</name>
    <message numerus="yes">
        <source>%n thread(s)</source>
        <translation>
            <numerusform>%n Thread</numerusform>
            <numerusform>%n Threads</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n job(s)</source>
        <translation>
            <numerusform>%n Auftrag</numerusform>
            <numerusform>%n Aufträge</numerusform>
        </translation>
    </message>
    <message>
        <source>no jobs</source>
        <translation>keine Aufträge</translation>
    </message>
    <message>
        <source>memory %1 of %2 GB</source>
        <translation>Speicher %1 von %2 GB</translation>
    </message>
    <message>
        <source>memory %1 GB</source>
        <translation>Speicher %1 GB</translation>
    </message>
</context>
<context>
    <name>halftone::app::TensorDifferenceModel</name>
    <message>
        <source>Tensor</source>
        <translation>Tensor</translation>
    </message>
    <message>
        <source>Shape</source>
        <translation>Form</translation>
    </message>
    <message>
        <source>Type in A</source>
        <translation>Typ in A</translation>
    </message>
    <message>
        <source>Type in B</source>
        <translation>Typ in B</translation>
    </message>
    <message>
        <source>Bytes in A</source>
        <translation>Bytes in A</translation>
    </message>
    <message>
        <source>Bytes in B</source>
        <translation>Bytes in B</translation>
    </message>
    <message>
        <source>RMSE</source>
        <translation>RMSE</translation>
    </message>
    <message>
        <source>Signal / noise</source>
        <translation>Signal / Rauschen</translation>
    </message>
    <message>
        <source>Largest error</source>
        <translation>Größter Fehler</translation>
    </message>
</context>
<context>
    <name>halftone::app::TensorTree</name>
    <message>
        <source>Filter tensors</source>
        <translation>Tensoren filtern</translation>
    </message>
    <message>
        <source>Filter tensors by name</source>
        <translation>Tensoren nach Namen filtern</translation>
    </message>
    <message>
        <source>Tensors of the model</source>
        <translation>Tensoren des Modells</translation>
    </message>
    <message>
        <source>Keep the source&apos;s type	0</source>
        <translation>Typ der Quelle behalten	0</translation>
    </message>
    <message>
        <source>Back to what the recipe says</source>
        <translation>Zurück zu dem, was das Rezept sagt</translation>
    </message>
    <message>
        <source>Pin or unpin	P</source>
        <translation>Anheften oder lösen	P</translation>
    </message>
    <message>
        <source>Copy name</source>
        <translation>Namen kopieren</translation>
    </message>
</context>
<context>
    <name>halftone::app::TensorTreeModel</name>
    <message>
        <source>Embedding</source>
        <translation>Einbettung</translation>
    </message>
    <message>
        <source>Layer %1</source>
        <translation>Schicht %1</translation>
    </message>
    <message>
        <source>Output</source>
        <translation>Ausgabe</translation>
    </message>
    <message>
        <source>Norms</source>
        <translation>Normen</translation>
    </message>
    <message>
        <source>Others</source>
        <translation>Übrige</translation>
    </message>
    <message>
        <source>mix</source>
        <translation>Mix</translation>
    </message>
    <message numerus="yes">
        <source>%1, %n tensor(s)</source>
        <translation>
            <numerusform>%1, %n Tensor</numerusform>
            <numerusform>%1, %n Tensoren</numerusform>
        </translation>
    </message>
    <message>
        <source>%1, chosen</source>
        <translation>%1, gewählt</translation>
    </message>
    <message>
        <source>= output</source>
        <translation>= Ausgabe</translation>
    </message>
    <message>
        <source>%1 was wanted; its block does not fit rows of %2</source>
        <translation>%1 war gewünscht; sein Block passt nicht zu Zeilen von %2</translation>
    </message>
    <message>
        <source>pinned: presets leave it alone</source>
        <translation>angeheftet: Voreinstellungen lassen ihn in Ruhe</translation>
    </message>
</context>
<context>
    <name>halftone::app::TokenDetailsModel</name>
    <message>
        <source>%1 (other text)</source>
        <translation>%1 (anderer Text)</translation>
    </message>
    <message>
        <source>not among this column&apos;s likeliest tokens</source>
        <translation>nicht unter den wahrscheinlichsten Tokens dieser Spalte</translation>
    </message>
    <message>
        <source>this column&apos;s choice</source>
        <translation>die Wahl dieser Spalte</translation>
    </message>
    <message>
        <source>token</source>
        <translation>Token</translation>
    </message>
</context>
<context>
    <name>halftone::app::TokenizerCard</name>
    <message>
        <source>the GGUF file</source>
        <translation>der GGUF-Datei</translation>
    </message>
    <message>
        <source>nothing</source>
        <translation>nichts</translation>
    </message>
    <message>
        <source>another kind</source>
        <translation>andere Art</translation>
    </message>
    <message>
        <source>text is cut into words by another rule</source>
        <translation>Text wird nach einer anderen Regel in Wörter geschnitten</translation>
    </message>
    <message>
        <source>other tokens</source>
        <translation>andere Tokens</translation>
    </message>
    <message>
        <source>tokens of another type</source>
        <translation>Tokens anderen Typs</translation>
    </message>
    <message>
        <source>other merges</source>
        <translation>andere Verschmelzungen</translation>
    </message>
    <message>
        <source>other scores</source>
        <translation>andere Bewertungen</translation>
    </message>
    <message>
        <source>texts begin otherwise</source>
        <translation>Texte beginnen anders</translation>
    </message>
    <message>
        <source>texts end otherwise</source>
        <translation>Texte enden anders</translation>
    </message>
    <message>
        <source>texts become other tokens</source>
        <translation>aus Texten werden andere Tokens</translation>
    </message>
    <message>
        <source>%1 (%2): %3 here, %4 there</source>
        <translation>%1 (%2): hier %3, dort %4</translation>
    </message>
    <message>
        <source>%1: %3 here, %4 there</source>
        <translation>%1: hier %3, dort %4</translation>
    </message>
    <message>
        <source>Tokenizer</source>
        <translation>Tokenizer</translation>
    </message>
    <message>
        <source>How this model splits text is not known for sure.</source>
        <translation>Wie dieses Modell Text zerlegt, ist nicht sicher bekannt.</translation>
    </message>
    <message>
        <source>Tokenizer check</source>
        <translation>Prüfung des Tokenizers</translation>
    </message>
    <message>
        <source>no tokenizer.json beside the file</source>
        <translation>keine tokenizer.json neben der Datei</translation>
    </message>
    <message>
        <source>differs from %1</source>
        <translation>weicht ab von %1</translation>
    </message>
    <message>
        <source>agrees with %1</source>
        <translation>stimmt überein mit %1</translation>
    </message>
    <message>
        <source>agrees with %1, except for its rule to cut words, which is not known</source>
        <translation>stimmt überein mit %1, bis auf die Regel, nach der es Wörter schneidet: Sie ist nicht bekannt</translation>
    </message>
    <message>
        <source>The Hugging Face files beside the model say otherwise:</source>
        <translation>Die Hugging-Face-Dateien neben dem Modell sagen anderes:</translation>
    </message>
    <message>
        <source>read from</source>
        <translation>gelesen aus</translation>
    </message>
    <message>
        <source>kind</source>
        <translation>Art</translation>
    </message>
    <message>
        <source>splits like</source>
        <translation>trennt wie</translation>
    </message>
    <message>
        <source>vocabulary</source>
        <translation>Vokabular</translation>
    </message>
    <message>
        <source>special tokens</source>
        <translation>besondere Tokens</translation>
    </message>
    <message>
        <source>begins with</source>
        <translation>beginnt mit</translation>
    </message>
    <message>
        <source>put before every text</source>
        <translation>steht vor jedem Text</translation>
    </message>
    <message>
        <source>known, but not put before a text by itself</source>
        <translation>bekannt, steht aber nicht von selbst vor einem Text</translation>
    </message>
    <message>
        <source>ends with</source>
        <translation>endet mit</translation>
    </message>
    <message>
        <source>chat template</source>
        <translation>Chat-Vorlage</translation>
    </message>
    <message>
        <source>yes</source>
        <translation>ja</translation>
    </message>
    <message>
        <source>none</source>
        <translation>keine</translation>
    </message>
    <message>
        <source>own files</source>
        <translation>eigene Dateien</translation>
    </message>
    <message>
        <source>whether vocabulary, merges, special tokens and encoded sample texts are those of the model&apos;s Hugging Face files</source>
        <translation>ob Vokabular, Verschmelzungen, besondere Tokens und zerlegte Beispieltexte die der Hugging-Face-Dateien des Modells sind</translation>
    </message>
</context>
<context>
    <name>halftone::app::TopBar</name>
    <message>
        <source>Halftone</source>
        <translation>Halftone</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>Öffnen</translation>
    </message>
    <message>
        <source>More</source>
        <translation>Mehr</translation>
    </message>
    <message>
        <source>Help, theme, language</source>
        <translation>Hilfe, Farben, Sprache</translation>
    </message>
    <message>
        <source>Screens</source>
        <translation>Seiten</translation>
    </message>
</context>
<context>
    <name>halftone::app::TypeCosts</name>
    <message>
        <source>KL divergence with this tensor alone in the type, about %1</source>
        <translation>KL-Divergenz mit diesem Tensor allein in dem Typ, etwa %1</translation>
    </message>
    <message>
        <source>not measured: told from the weights&apos; errors</source>
        <translation>nicht gemessen: aus den Fehlern der Gewichte geschlossen</translation>
    </message>
    <message>
        <source>What each type costs</source>
        <translation>Was jeder Typ kostet</translation>
    </message>
    <message>
        <source>What each type costs this tensor</source>
        <translation>Was jeder Typ diesen Tensor kostet</translation>
    </message>
    <message>
        <source>A click or Enter gives the tensor this type</source>
        <translation>Ein Klick oder die Eingabetaste gibt dem Tensor diesen Typ</translation>
    </message>
    <message>
        <source>type</source>
        <translation>Typ</translation>
    </message>
    <message>
        <source>bytes</source>
        <translation>Bytes</translation>
    </message>
    <message>
        <source>bits</source>
        <translation>Bits</translation>
    </message>
    <message>
        <source>error</source>
        <translation>Fehler</translation>
    </message>
    <message>
        <source>KL</source>
        <translation>KL</translation>
    </message>
    <message>
        <source>KL divergence with this tensor alone in the type</source>
        <translation>KL-Divergenz, wenn nur dieser Tensor den Typ hat</translation>
    </message>
</context>
<context>
    <name>halftone::app::TypeSpeeds</name>
    <message>
        <source>this CPU</source>
        <translation>dieser CPU</translation>
    </message>
    <message>
        <source>Looking for earlier figures</source>
        <translation>Frühere Werte suchen</translation>
    </message>
    <message>
        <source>Speed of the types on this machine</source>
        <translation>Geschwindigkeit der Typen auf diesem Rechner</translation>
    </message>
</context>
<context>
    <name>halftone::app::VariantMenu</name>
    <message>
        <source>Current recipe</source>
        <translation>Aktuelles Rezept</translation>
    </message>
    <message>
        <source>Add a saved recipe...</source>
        <translation>Ein gespeichertes Rezept dazunehmen …</translation>
    </message>
    <message>
        <source>Add a quantized model...</source>
        <translation>Ein quantisiertes Modell dazunehmen …</translation>
    </message>
    <message numerus="yes">
        <source>%n bits (%1)</source>
        <translation>
            <numerusform>%n Bit (%1)</numerusform>
            <numerusform>%n Bit (%1)</numerusform>
        </translation>
    </message>
    <message>
        <source>Saved recipe</source>
        <translation>Gespeichertes Rezept</translation>
    </message>
    <message>
        <source>Recipes (*.json)</source>
        <translation>Rezepte (*.json)</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <translation>%1: %2</translation>
    </message>
    <message>
        <source>Quantized model</source>
        <translation>Quantisiertes Modell</translation>
    </message>
    <message>
        <source>Models (*.gguf)</source>
        <translation>Modelle (*.gguf)</translation>
    </message>
    <message>
        <source>needs an importance matrix: make one in Plan</source>
        <translation>braucht eine Wichtigkeitsmatrix: in Plan eine erstellen</translation>
    </message>
    <message>
        <source>Current recipe (%1)</source>
        <translation>Aktuelles Rezept (%1)</translation>
    </message>
</context>
<context>
    <name>halftone::app::VariantPlot</name>
    <message>
        <source>%1: %2, %3</source>
        <translation>%1: %2, %3</translation>
    </message>
</context>
<context>
    <name>halftone::app::Workspace</name>
    <message>
        <source>Opening %1</source>
        <translation>%1 wird geöffnet</translation>
    </message>
    <message>
        <source>sample model</source>
        <translation>Beispielmodell</translation>
    </message>
    <message>
        <source>The sample model is missing; install the program again.</source>
        <translation>Das Beispielmodell fehlt; das Programm noch einmal installieren.</translation>
    </message>
    <message>
        <source>Opened %1</source>
        <translation>%1 geöffnet</translation>
    </message>
    <message>
        <source>all %1</source>
        <translation>alle %1</translation>
    </message>
    <message>
        <source>unchanged</source>
        <translation>unverändert</translation>
    </message>
    <message>
        <source>recipe %1</source>
        <translation>Rezept %1</translation>
    </message>
    <message>
        <source>choose %1</source>
        <translation>%1 wählen</translation>
    </message>
    <message>
        <source>back to the recipe</source>
        <translation>zurück zum Rezept</translation>
    </message>
    <message>
        <source>pin</source>
        <translation>anheften</translation>
    </message>
    <message>
        <source>unpin</source>
        <translation>lösen</translation>
    </message>
    <message>
        <source>Reading %1</source>
        <translation>%1 lesen</translation>
    </message>
    <message>
        <source>Importance matrix of %1</source>
        <translation>Wichtigkeitsmatrix aus %1</translation>
    </message>
</context>
</TS>
