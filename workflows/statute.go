package workflows

import (
	_ "embed"
	"strings"

	"jinchu/engine"
)

//go:embed statute.md
var statuteText string

// Statute is the text of every article the sentences cite, in this project's
// words, Chinese and English. The file holds one section per article: its
// citation as the heading, a Chinese paragraph, an English paragraph.
func Statute() map[engine.Article]engine.Words { return sections(statuteText) }

// governance is the heading before the articles that only the workflows of
// supervision cite.
const governance = "\n# Governance\n"

// admissionStatute are the articles of the admission.
func admissionStatute() map[engine.Article]engine.Words {
	text, _, _ := strings.Cut(statuteText, governance)
	return sections(text)
}

// statuteOf picks the articles a workflow cites; what is not there stays
// without text, which the check reports.
func statuteOf(articles ...engine.Article) map[engine.Article]engine.Words {
	all, out := Statute(), map[engine.Article]engine.Words{}
	for _, a := range articles {
		if words, ok := all[a]; ok {
			out[a] = words
		}
	}
	return out
}

func sections(text string) map[engine.Article]engine.Words {
	out := map[engine.Article]engine.Words{}
	text = strings.Replace(text, governance, "\n", 1)
	for _, section := range strings.Split(text, "\n## ")[1:] {
		heading, body, _ := strings.Cut(section, "\n")
		zh, en, _ := strings.Cut(strings.TrimSpace(body), "\n\n")
		out[engine.Article(strings.TrimSpace(heading))] = engine.Words{Zh: strings.TrimSpace(zh), En: strings.TrimSpace(en)}
	}
	return out
}
