package api

import (
	"slices"
	"strings"

	"jinchu/engine"
	"jinchu/papers"
)

// The tables of supervision, for printing and passing on.

// figureNames are the figures of an organization in the order of the columns.
var figureNames = []string{"filed", "checked", "passed", "failed", "overdue", "returned", "rectified", "open"}

var figureColumns = []string{"备案", "filed", "抽查", "checked", "合格", "passed", "不合格", "failed", "逾期", "overdue",
	"退回", "returned", "已整改", "rectified", "未销号督办单", "open orders"}

func figuresTable(f *FiguresView, en bool) *papers.Table {
	l := lingo{en}
	t := &papers.Table{Title: l.say("督办统计 ", "Figures of supervision ") + f.From.String() + l.say(" 至 ", " to ") + f.To.String(),
		Columns: l.columns(slices.Concat([]string{"党委编号", "committee", "党委", "name"}, figureColumns)...)}
	for _, c := range f.Committees {
		t.Rows = append(t.Rows, slices.Concat([]any{string(c.Committee), c.Name}, figureCells(c.Figures.String(), figureNames...)))
	}
	return t
}

// circularsTable has a row for each circular, with its remarks and digest,
// and after it one for each thing it says.
func circularsTable(cs []CircularView, names map[string]string, level func(string) Named, en bool) *papers.Table {
	l := lingo{en}
	t := &papers.Table{Title: l.say("通报", "Circulars"), Columns: l.columns(slices.Concat(
		[]string{"通报", "circular", "种类", "kind", "期间", "period", "版次", "version", "发布日期", "issued on", "内容", "part", "单位或抽样层", "organization or stratum", "名称", "name"},
		figureColumns, []string{"应抽查", "need", "督办级别", "level", "期限", "due", "件数", "orders", "说明", "remarks", "摘要(SHA-256)", "digest (SHA-256)"})...)}
	for i := range cs {
		c := &cs[i]
		head := []any{string(c.ID), l.circular(c.Kind), c.Period, c.Version, c.IssuedOn}
		row := func(part, key string, figures, orders []any, remarks, digest string) {
			t.Rows = append(t.Rows, slices.Concat(head, []any{part, key, names[key]}, figures, orders, []any{remarks, digest}))
		}
		none, noOrders := make([]any, len(figureNames)+1), make([]any, 3)
		row(l.say("通报", "circular"), "", none, noOrders, l.join(c.Correction, c.Remarks), c.Digest)
		for _, it := range c.Figures {
			row(l.say("各单位情况", "figures"), it.Key, figureCells(it.Text, append(slices.Clone(figureNames), "need")...), noOrders, "", "")
		}
		for _, it := range c.Shortfalls {
			row(l.say("抽查未达比例", "below quota"), it.Key, figureCells(it.Text, append(slices.Clone(figureNames), "need")...), noOrders, "", "")
		}
		for _, it := range c.Orders {
			for part := range strings.FieldsSeq(it.Text) {
				row(l.say("未销号督办单", "open orders"), it.Key, none, l.orderCells(part, level), "", "")
			}
		}
	}
	return t
}

// orderCells are level, day and number of "urge/2026-11-05/2".
func (l lingo) orderCells(text string, level func(string) Named) []any {
	at, rest, _ := strings.Cut(text, "/")
	day, count, _ := strings.Cut(rest, "/")
	if day == "-" {
		day = ""
	}
	return []any{l.name(level(at)), day, numbers("n=" + count)["n"]}
}

func (l lingo) circular(kind string) string {
	if kind == "monthly" {
		return l.say("月督办", "month's list")
	}
	return l.say("季通报", "quarter's circular")
}

func (l lingo) join(texts ...string) string {
	return strings.Join(slices.DeleteFunc(texts, func(s string) bool { return s == "" }), "\n")
}

// assessmentsTable has a row for each organization and after it one for each
// of its office holders.
func assessmentsTable(as []AssessmentView, en bool) *papers.Table {
	l := lingo{en}
	t := &papers.Table{Title: l.say("年度考评", "Annual assessments"), Columns: l.columns(slices.Concat(
		[]string{"年度", "year", "单位编号", "organization", "单位", "name", "岗位编号", "office", "岗位", "post", "阶段", "stage",
			"责任考核", "duty grade", "年度考核", "year's grade", "结果", "result", "一票否决", "veto"}, figureColumns,
		[]string{"经办", "acts", "所报被退回", "returned later", "所记大会抽查不合格", "check failed",
			"点名问题", "problems named", "上年问题", "of last year", "已整改", "rectified", "未整改", "not rectified"})...)}
	noFigures := make([]any, len(figureNames))
	for i := range as {
		a := &as[i]
		head := []any{a.Year, string(a.Org), a.OrgName}
		t.Rows = append(t.Rows, slices.Concat(head, []any{nil, nil, l.name(a.Stage.Named), l.named(a.DutyGrade), l.named(a.YearGrade), l.named(a.Result), l.veto(a.Veto)},
			figureCells(a.Figures, figureNames...), []any{nil, nil, nil, lines(a.Problems), lines(a.Carried), lines(a.Rectified), lines(a.NotRectified)}))
		for _, o := range a.Offices {
			t.Rows = append(t.Rows, slices.Concat(head, []any{string(o.Office), l.post(o.Post), nil, l.named(o.Grade), nil, nil, nil},
				noFigures, figureCells(o.Figures, "acts", "returned", "failed"), []any{nil, nil, nil, nil}))
		}
	}
	return t
}

func (l lingo) named(n *Named) string {
	if n == nil {
		return ""
	}
	return l.name(*n)
}

func (l lingo) veto(v *VetoView) string {
	if v == nil {
		return ""
	}
	return l.join(v.On.String()+" "+l.name(v.Ground), v.Reason)
}

// lines are items as a text.
func lines(items []engine.Item) string {
	out := make([]string, len(items))
	for i, it := range items {
		out[i] = it.Key + " " + it.Text
	}
	return strings.Join(out, "\n")
}
