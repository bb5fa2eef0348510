package simulate

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode"
)

// Text writes the report for people: figures, Chinese, and English beside it,
// in columns for a terminal in which a Chinese character is two cells wide.
func (r *Report) Text(w io.Writer) error {
	t := &text{}
	t.section("演练", "what was played", "",
		row{r.From.String(), "起", "from"}, row{r.Until.String(), "止", "until"},
		row{strconv.FormatUint(r.Seed, 10), "种子", "seed"},
		row{strconv.Itoa(r.Orgs), "组织", "organizations"}, row{strconv.Itoa(r.Offices), "岗位", "offices"},
		row{strconv.Itoa(r.Members), "期初党员", "members as it began"}, row{strconv.Itoa(r.Cases), "案件", "cases"},
		row{strconv.Itoa(r.Acts), "办理", "acts"}, row{strconv.Itoa(r.Refused), "拒绝", "refused"})
	t.section("各阶段案件", "cases by stage", "", rows(r.Stages)...)
	t.section("经过", "what happened", "", rows(r.Events)...)
	var waits []row
	for _, s := range r.Waits {
		waits = append(waits, row{fmt.Sprintf("%6d%7d%6d", s.Count, s.Median, s.P90), s.Words.Zh, s.Words.En})
	}
	t.section("各阶段用时(日):件数、中位数、九成以内", "days per stage", "cases median   p90", waits...)
	t.section("拒绝依据条款", "refusals by article", "", rows(r.Articles)...)
	t.section("拒绝理由", "refusals by ground", "", rows(r.Grounds)...)
	t.section("目前逾期", "overdue now", "", rows(r.Overdue)...)
	t.section("人员身份", "people by standing", "", rows(r.Standing)...)
	var plans []row
	for _, p := range r.Plans {
		plans = append(plans, row{fmt.Sprintf("%6d%6d%9d%6d", p.Quota, p.Used, p.Reserved, p.Exhausted), strconv.Itoa(p.Year), ""})
	}
	t.section("年度计划:名额、已用、占用、用完的党委", "annual plans", " quota  used reserved  full", plans...)
	_, err := io.WriteString(w, t.String())
	return err
}

// text is a report being written.
type text struct{ strings.Builder }

type row struct{ figures, zh, en string }

func rows(counts []Count) []row {
	var out []row
	for _, c := range counts {
		zh := c.Words.Zh
		if zh == "" {
			zh = c.Key
		}
		out = append(out, row{strconv.Itoa(c.Count), zh, c.Words.En})
	}
	return out
}

// section writes a heading and its rows, columns as wide as they need be.
func (t *text) section(zh, en, columns string, rows ...row) {
	t.WriteString("\n■ " + zh + "  " + en + "\n")
	if len(rows) == 0 {
		rows = []row{{"", "无", "none"}}
	}
	figures, words := width(columns), 0
	for _, r := range rows {
		figures, words = max(figures, width(r.figures)), max(words, width(r.zh))
	}
	if columns != "" {
		t.WriteString("  " + columns + "\n")
	}
	for _, r := range rows {
		line := "  " + strings.Repeat(" ", figures-width(r.figures)) + r.figures + "  " +
			r.zh + strings.Repeat(" ", words-width(r.zh)) + "  " + r.en
		t.WriteString(strings.TrimRight(line, " ") + "\n")
	}
}

// width is how many cells a text takes.
func width(s string) int {
	n := 0
	for _, r := range s {
		n++
		if unicode.Is(unicode.Han, r) || r >= 0x3000 && r <= 0x303f || r >= 0xff00 && r <= 0xff60 {
			n++
		}
	}
	return n
}
