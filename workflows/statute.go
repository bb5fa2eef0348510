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
func Statute() map[engine.Article]engine.Words {
	out := map[engine.Article]engine.Words{}
	for _, section := range strings.Split(statuteText, "\n## ")[1:] {
		heading, body, _ := strings.Cut(section, "\n")
		zh, en, _ := strings.Cut(strings.TrimSpace(body), "\n\n")
		out[engine.Article(strings.TrimSpace(heading))] = engine.Words{Zh: strings.TrimSpace(zh), En: strings.TrimSpace(en)}
	}
	return out
}
