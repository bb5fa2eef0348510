package draw

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"slices"
	"strings"

	"jinchu/calendar"
	"jinchu/engine"
)

// Options say what a diagram shows besides the workflow. The zero Options
// show all sentences and no case.
type Options struct {
	On      calendar.Date // only the sentences in force on that day
	Visited []string      // the stages a case has been in, in order, the present one last
	Taken   []string      // the rules its events name; empty marks every rule between visited stages
}

// took reports whether the case went by the rule from a stage, "" for any.
func (o Options) took(r *engine.Rule, from string) bool {
	if len(o.Taken) > 0 {
		return slices.Contains(o.Taken, r.ID) && (from == "" || slices.Contains(o.Visited, from))
	}
	for i := 1; i < len(o.Visited) && !r.Stay; i++ {
		if o.Visited[i] == r.To.Key && (from == "" || o.Visited[i-1] == from) &&
			slices.ContainsFunc(r.From, func(s engine.Stage) bool { return s.Key == o.Visited[i-1] }) {
			return true
		}
	}
	return false
}

// The colours. What a colour means is said by a sign and in words as well.
const (
	ink     = "#1F2328"
	grey    = "#5A6068"
	pale    = "#ECEEF1"
	lines   = "#C9CED6"
	band    = "#F7F8FA"
	blue    = "#1A5FA8"
	paleBl  = "#E8F0FA"
	green   = "#1B6E31"
	paleGr  = "#E6F3E9"
	brown   = "#8A4B00"
	paleBr  = "#FFF2DF"
	fonts   = "PingFang SC, Microsoft YaHei, Noto Sans CJK SC, Source Han Sans SC, WenQuanYi Micro Hei, sans-serif"
	dashing = "4 3"
)

// style is how an act of one kind looks.
type style struct {
	sign         string
	stroke, fill string
	dash         string
}

var (
	onward   = style{"", blue, "#FFFFFF", ""}
	backward = style{"↩ ", brown, paleBr, ""}
	ending   = style{"■ ", grey, pale, ""}
	staying  = style{"＋ ", grey, "#FFFFFF", dashing}
)

func styleOf(r *engine.Rule, from, to int) style {
	switch {
	case r.Stay:
		return staying
	case r.To.End:
		return ending
	case to <= from:
		return backward
	}
	return onward
}

// SVG draws the workflow as a grid of lanes: a stage a row, a role a column,
// and every act in the cell of who may do it where, with its article and the
// line to the stage it leads to. The picture needs nothing from outside and
// carries no style sheet, so that it can stand in a page under a strict
// content policy. Its title and description say in words what it shows.
func SVG(w *engine.Workflow, o Options) []byte {
	p := layout(w, o)
	s := &sheet{}
	s.printf(`<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" role="img" aria-labelledby="t-%s d-%s" font-family="%s">`+"\n",
		p.width, p.height, p.width, p.height, w.Key, w.Key, fonts)
	s.printf(`<title id="t-%s">%s</title><desc id="d-%s">%s</desc>`+"\n", w.Key, escape(w.Words.Zh+" · "+w.Words.En), w.Key, escape(describe(p)))
	s.printf(`<rect width="%d" height="%d" fill="#FFFFFF"/>`+"\n", p.width, p.height)
	s.top(p)
	for i, r := range p.rows {
		s.band(p, r, i%2 == 1)
	}
	s.columns(p)
	for _, t := range p.trunks {
		s.trunk(t)
	}
	for _, r := range p.rows {
		s.stage(p, r)
		for _, c := range r.chips {
			s.chip(c)
		}
	}
	s.general(p)
	s.printf("</svg>\n")
	return s.Bytes()
}

type sheet struct{ bytes.Buffer }

func (s *sheet) printf(format string, args ...any) { fmt.Fprintf(s, format, args...) }

func escape(text string) string {
	var b strings.Builder
	// Escaping to a string builder cannot fail.
	_ = xml.EscapeText(&b, []byte(text))
	return b.String()
}

func (s *sheet) text(x, y, size int, fill, weight, words string) {
	s.printf(`<text x="%d" y="%d" font-size="%d" fill="%s" font-weight="%s">%s</text>`+"\n", x, y, size, fill, weight, escape(words))
}

// describe says the picture in words.
func describe(p *plan) string {
	var b strings.Builder
	fmt.Fprintf(&b, "每行一个阶段,每列一个角色;共 %d 个阶段、%d 条规则。", len(p.rows), len(p.w.Rules))
	if n := len(p.o.Visited); n > 0 {
		names := make([]string, n)
		for i, key := range p.o.Visited {
			st, _ := p.w.Stage(key)
			names[i] = st.Words.Zh
		}
		fmt.Fprintf(&b, "本案经过:%s;现在:%s。", strings.Join(names, "、"), names[n-1])
	}
	for _, r := range p.rows {
		for _, c := range r.chips {
			if !c.rule.Stay {
				fmt.Fprintf(&b, "%s:%s%s(%s)到%s。", r.stage.Words.Zh, c.rule.Role.Words.Zh, c.rule.Action.Words.Zh, c.rule.Article, c.rule.To.Words.Zh)
			}
		}
	}
	return b.String()
}

// top writes the title and what the signs mean.
func (s *sheet) top(p *plan) {
	s.text(12, 32, 20, ink, "bold", p.w.Words.Zh)
	s.text(24+wide(p.w.Words.Zh, 20), 32, 13, grey, "normal", p.w.Words.En)
	x := 12
	for _, k := range []struct {
		style style
		words string
	}{{onward, "向前 onward"}, {backward, "退回 back"}, {ending, "终结 ends"}, {staying, "记录,阶段不变 stage stays"}} {
		label := k.style.sign + k.words
		w := wide(label, 12) + 18
		s.box(x, 50, w, 24, k.style, 1)
		s.text(x+9, 66, 12, ink, "normal", label)
		x += w + 10
	}
	if len(p.o.Visited) > 0 {
		s.text(x+6, 66, 12, green, "bold", "✓ 已经过 passed")
		s.text(x+6+wide("✓ 已经过 passed", 12)+14, 66, 12, blue, "bold", "● 现在 now")
	}
	s.head(p, topHeight)
}

// head writes the row of the roles.
func (s *sheet) head(p *plan, y int) {
	s.printf(`<rect x="0" y="%d" width="%d" height="%d" fill="%s"/>`+"\n", y, p.width, headHeight, pale)
	s.text(12, y+22, 13, ink, "bold", "阶段")
	for i, r := range p.roles {
		size := 13
		words := wrap(r.Words.Zh, p.column-10, size)
		if len(words) > 1 {
			size = 11
			words = wrap(r.Words.Zh, p.column-8, size)
		}
		for j, part := range words[:min(2, len(words))] {
			s.text(p.left+i*p.column+6, y+22+j*13-(min(2, len(words))-1)*7, size, ink, "bold", part)
		}
	}
}

func (s *sheet) band(p *plan, r *row, shaded bool) {
	if r.header {
		s.head(p, r.y-headHeight)
	}
	fill := "#FFFFFF"
	if shaded {
		fill = band
	}
	s.printf(`<rect x="0" y="%d" width="%d" height="%d" fill="%s"/><path d="M0 %dH%d" stroke="%s"/>`+"\n", r.y, p.width, r.h, fill, r.y+r.h, p.width, pale)
}

func (s *sheet) columns(p *plan) {
	for i := range p.roles {
		x := p.left + i*p.column
		s.printf(`<path d="M%d %dV%d" stroke="%s"/>`+"\n", x, topHeight, p.height-8, lines)
	}
}

// The signs of the stages of a case.
const (
	now    = "● "
	passed = "✓ "
)

func signOf(o Options, st engine.Stage) string {
	sign := ""
	if st.End {
		sign = ending.sign
	}
	switch i := slices.Index(o.Visited, st.Key); {
	case i >= 0 && o.Visited[len(o.Visited)-1] == st.Key:
		return now + sign
	case i >= 0:
		return passed + sign
	}
	return sign
}

// stage writes the box of a stage; that of a case's present stage and of
// those it has passed are marked.
func (s *sheet) stage(p *plan, r *row) {
	look, sign, width := style{stroke: ink, fill: "#FFFFFF"}, signOf(p.o, r.stage), 1
	switch {
	case strings.HasPrefix(sign, now):
		look, width = style{stroke: blue, fill: paleBl}, 3
	case strings.HasPrefix(sign, passed):
		look, width = style{stroke: green, fill: paleGr}, 2
	case r.stage.End:
		look = style{stroke: grey, fill: pale}
	}
	s.printf(`<g><title>%s</title>`, escape(r.stage.Words.Zh+" · "+r.stage.Words.En))
	s.box(8, r.y+4, stageWidth-16, r.h-8, look, width)
	y := r.y + 22
	for _, part := range wrap(sign+r.stage.Words.Zh, stageWidth-32, 14) {
		s.text(16, y, 14, ink, "bold", part)
		y += 17
	}
	if y < r.y+r.h-6 {
		s.text(16, y-1, 10, grey, "normal", short(r.stage.Words.En, stageWidth-32, 10))
	}
	s.printf("</g>\n")
}

func short(text string, width, size int) string {
	if parts := wrap(text, width, size); len(parts) > 1 {
		return strings.TrimRight(parts[0][:max(0, len(parts[0])-1)], " ") + "…"
	}
	return text
}

func (s *sheet) box(x, y, w, h int, look style, width int) {
	s.printf(`<rect x="%d" y="%d" width="%d" height="%d" rx="4" fill="%s" stroke="%s" stroke-width="%d"`, x, y, w, h, look.fill, look.stroke, width)
	if look.dash != "" {
		s.printf(` stroke-dasharray="%s"`, look.dash)
	}
	s.printf("/>\n")
}

// chip writes an act, with the whole sentence as its title.
func (s *sheet) chip(c *chip) {
	look, width := c.style, 1
	if c.taken {
		look, width = style{look.sign, green, paleGr, look.dash}, 2
	}
	full := c.rule.Role.Words.Zh + ":" + c.rule.Action.Words.Zh + "(" + string(c.rule.Article) + ")"
	if !c.rule.Stay {
		full += "→" + c.rule.To.Words.Zh
	}
	s.printf(`<g><title>%s</title>`, escape(full))
	s.box(c.x, c.y, c.w, c.h, look, width)
	y := c.y + 4
	for i, l := range c.lines {
		y += lineHeight
		weight, fill, words := "normal", grey, l.text
		if l.bold {
			weight, fill = "bold", ink
		}
		if i == 0 && c.taken {
			words = "✓" + words
		}
		s.text(c.x+5, y-2, l.size, fill, weight, words)
	}
	s.printf("</g>\n")
}

// trunk writes the line along which acts lead to a stage. Where the case
// went, the line is drawn again, stronger.
func (s *sheet) trunk(t *trunk) {
	colour, dash := blue, ""
	if t.back {
		colour, dash = brown, ` stroke-dasharray="5 3"`
	} else if t.to.stage.End {
		colour = grey
	}
	var branches strings.Builder
	for _, c := range t.chips {
		fmt.Fprintf(&branches, "M%d %dH%d", c.x, c.middle(), t.x())
	}
	tip, head := stageWidth-6, colour
	s.printf(`<g fill="none" stroke="%s"><path d="M%d %dV%dM%d %dH%d%s"%s/>`, colour, t.x(), t.top, t.end, t.x(), t.entry(), tip, branches.String(), dash)
	for _, c := range t.chips {
		s.printf(`<circle cx="%d" cy="%d" r="2" fill="%s"/>`, t.x(), c.middle(), colour)
		if c.taken {
			head = green
			s.printf(`<path d="M%d %dH%dV%dH%d" stroke="%s" stroke-width="3"/>`, c.x, c.middle(), t.x(), t.entry(), tip, green)
		}
	}
	s.printf(`</g><path d="M%d %dl9 -4v8z" fill="%s"/>`+"\n", tip-2, t.entry(), head)
}

// general writes the rules that start from many stages.
func (s *sheet) general(p *plan) {
	if len(p.general.chips) == 0 {
		return
	}
	r := p.general
	s.printf(`<rect x="0" y="%d" width="%d" height="%d" fill="%s"/>`+"\n", r.y, p.left, r.h, band)
	s.text(16, r.y+24, 14, ink, "bold", "多个阶段")
	s.text(16, r.y+42, 10, grey, "normal", "in several stages")
	for _, c := range r.chips {
		s.chip(c)
		x, names := p.origins(c)
		for i, part := range names {
			s.text(x, c.y+14+i*14, 11, grey, "normal", part)
		}
	}
}
