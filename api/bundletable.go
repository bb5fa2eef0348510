package api

import (
	"encoding/hex"
	"maps"
	"slices"
	"strings"

	"jinchu/papers"
	"jinchu/sampling"
)

// bundleBook is a bundle as tables, for printing and passing on: what was
// opened, filed, put on record, drawn and found. What verifies is the JSON.
func (s *server) bundleBook(p *published, en bool) *papers.Book {
	l := lingo{en}
	quarter := string(p.bundle.Opening.Quarter)
	return &papers.Book{Title: l.say("公开数据包 ", "Bundle of ") + quarter, Part: l.say("部分", "part"), Tables: []*papers.Table{
		l.openingTable(p), s.bundleFilings(p.bundle, l), l.pointsTable(p.bundle), s.drawnTable(p.bundle, l), s.resultsTable(p.bundle, l)}}
}

// openingTable has a row for each thing that was said when the quarter was
// opened, and for each that the closing added.
func (l lingo) openingTable(p *published) *papers.Table {
	o := &p.bundle.Opening
	t := &papers.Table{Title: l.say("公开记录", "Record"), Columns: l.columns("项目", "item", "名称", "name", "值", "value"),
		Notes: []string{l.say("本表供查阅;核验以同名 JSON 文件为准(jinchu sample verify)。", "For reading; what is verified is the JSON file of the same name (jinchu sample verify).")}}
	row := func(zh, en, name string, value any) { t.Rows = append(t.Rows, []any{l.say(zh, en), name, value}) }
	row("算法", "algorithm", "", o.Algorithm)
	row("季度", "quarter", "", string(o.Quarter))
	row("抽查比例", "quota", "", o.Quota.String())
	row("备案时抽中率", "online rate", "", o.Online.String())
	row("备案提前天数", "lead days", "", o.LeadDays)
	for _, c := range o.Commitments {
		row("密钥承诺", "commitment", c.Party, c.Hash.String())
	}
	for _, party := range slices.Sorted(maps.Keys(p.bundle.Keys)) {
		key := p.bundle.Keys[party]
		row("公开的密钥", "revealed key", party, hex.EncodeToString(key[:]))
	}
	for _, stratum := range o.Strata {
		row("抽样层", "stratum", stratum, nil)
	}
	for _, w := range o.Methods {
		row("会前抽中的方式权重", "weight of a method drawn before the meeting", w.Method, w.Weight)
	}
	for _, w := range o.TopUpMethods {
		row("补抽的方式权重", "weight of a method of the top-up", w.Method, w.Weight)
	}
	if p.digest != "" {
		row("数据包摘要(SHA-256)", "digest of the bundle (SHA-256)", "", p.digest)
	}
	return t
}

func (s *server) bundleFilings(b *sampling.Bundle, l lingo) *papers.Table {
	t := &papers.Table{Title: l.say("会议备案", "Filings"), Columns: l.columns("备案序号", "filing", "抽样层", "stratum", "支部编号", "branch",
		"时点", "point", "撤回时末号", "last number when withdrawn", "必查原因", "checked in any case", "议程案件", "cases")}
	for _, f := range slices.SortedFunc(slices.Values(b.Filings), func(x, y sampling.Filing) int { return x.N - y.N }) {
		t.Rows = append(t.Rows, []any{f.N, f.Stratum, f.Branch, numberOrBlank(f.Point), numberOrBlank(f.Withdrawn),
			s.optionIn(l, "reason", string(f.Forced)), strings.Join(f.Cases, "\n")})
	}
	return t
}

func (l lingo) pointsTable(b *sampling.Bundle) *papers.Table {
	t := &papers.Table{Title: l.say("补抽时点", "Points"), Columns: l.columns("时点", "point", "日期", "date", "备案摘要", "digest of the filings", "抽取摘要", "digest of the selection")}
	for i := range b.Opening.Points {
		row := []any{i + 1, nil, nil, nil}
		if i < len(b.Opening.Dates) {
			row[1] = b.Opening.Dates[i]
		}
		if i < len(b.Records) {
			row[2], row[3] = b.Records[i].Frame.String(), b.Records[i].Selection.String()
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

func (s *server) drawnTable(b *sampling.Bundle, l lingo) *papers.Table {
	t := &papers.Table{Title: l.say("抽中", "Drawn"), Columns: l.columns("备案序号", "filing", "抽签序号", "draw", "抽样层", "stratum",
		"抽中原因", "reason", "抽查方式", "method", "签值", "ticket")}
	for _, d := range slices.SortedFunc(slices.Values(b.Lines), func(x, y sampling.Line) int { return x.N - y.N }) {
		t.Rows = append(t.Rows, []any{d.N, d.Draw, d.Stratum, s.optionIn(l, "reason", string(d.Reason)), s.optionIn(l, "method", d.Method), d.Ticket.String()})
	}
	return t
}

func (s *server) resultsTable(b *sampling.Bundle, l lingo) *papers.Table {
	t := &papers.Table{Title: l.say("结果", "Results"), Columns: l.columns("备案序号", "filing", "案件", "case", "抽查件", "check", "抽查结果", "outcome",
		"抽查方式", "method", "已变更方式或人员", "overridden", "登记日期", "recorded on")}
	for _, r := range b.Results {
		outcome := l.name(s.stageOf(spotCheckKey, string(r.Outcome)).Named)
		if r.Outcome == sampling.Pending {
			outcome = l.say("未办结", "open")
		}
		t.Rows = append(t.Rows, []any{r.N, r.Case, r.Check, outcome, s.optionIn(l, "method", r.Method), l.yes(r.Overridden), r.On})
	}
	return t
}

// optionIn are the words of an option of a spot check, "" for none.
func (s *server) optionIn(l lingo, field, key string) string {
	if key == "" {
		return ""
	}
	w, _ := s.Engine.Workflow(spotCheckKey)
	return l.name(optionOf(w, field, key))
}
