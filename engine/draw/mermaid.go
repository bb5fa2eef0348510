package draw

import (
	"bytes"
	"fmt"
	"strings"

	"jinchu/engine"
)

// Mermaid is the workflow as the text of a Mermaid state diagram
// (stateDiagram-v2). Every way is labelled with who, what and the article.
// Acts that leave the stage as it is are drawn as one note per stage.
func Mermaid(w *engine.Workflow) string {
	var b bytes.Buffer
	fmt.Fprintf(&b, "stateDiagram-v2\n    direction TB\n    accTitle: %s\n", label(w.Words.Zh+" "+w.Words.En))
	stages := orderedStages(w)
	for _, st := range stages {
		if st.Key != engine.New.Key {
			fmt.Fprintf(&b, "    state \"%s\" as %s\n", label(st.Words.Zh), ident(st))
		}
	}
	for _, st := range stages {
		var stays []string
		for _, r := range w.RulesIn(st.Key) {
			words := label(r.Role.Words.Zh + ":" + r.Action.Words.Zh + "," + string(r.Article))
			if r.Stay {
				stays = append(stays, words)
				continue
			}
			fmt.Fprintf(&b, "    %s --> %s : %s\n", ident(st), ident(r.To), words)
		}
		if len(stays) > 0 {
			fmt.Fprintf(&b, "    note right of %s\n        %s\n    end note\n", ident(st), strings.Join(stays, "\n        "))
		}
		if st.End {
			fmt.Fprintf(&b, "    %s --> [*]\n", ident(st))
		}
	}
	return b.String()
}

// ident is a stage's name where Mermaid wants an identifier.
func ident(s engine.Stage) string {
	if s.Key == engine.New.Key {
		return "[*]"
	}
	return "s_" + strings.ReplaceAll(s.Key, "-", "_")
}

// labels turns the characters that end a label in Mermaid into their
// full-width forms.
var labels = strings.NewReplacer(":", "\uff1a", ";", "\uff1b", "#", "\uff03", "\"", "\u201d", "\n", " ")

func label(s string) string { return labels.Replace(s) }
