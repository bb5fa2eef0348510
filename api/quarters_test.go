package api

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"jinchu/calendar"
	"jinchu/engine"
	"jinchu/papers"
	"jinchu/register"
	"jinchu/sampling"
)

// party is a holder whose key is its name. It has no share of filing 10, so
// that filing is checked fail-safe.
type party string

func (p party) key() (key sampling.Key) { copy(key[:], p); return key }
func (p party) Party() string           { return string(p) }

func (p party) Commit(_ context.Context, q sampling.Quarter) (sampling.Hash, error) {
	return p.key().Commit(string(p), q), nil
}

func (p party) Share(_ context.Context, q sampling.Quarter, draw int) (sampling.Hash, error) {
	if draw == 10 {
		return sampling.Hash{}, errors.New("no answer")
	}
	return p.key().Share(q, draw), nil
}

func (p party) Reveal(context.Context, sampling.Quarter) (sampling.Key, error) { return p.key(), nil }

// drawnTown is a town whose running quarter is open, with ten meetings filed
// for 20 June, the second withdrawn.
func drawnTown(t *testing.T, adjust ...func(*Config)) *town {
	t.Helper()
	tw := supervised(t, adjust...)
	tw.run(tw.server.Draws.Open, "2026-06-10T00:30:00+08:00")
	for n := 1; n <= 10; n++ {
		_, id, _ := strings.Cut(tw.open(), "/cases/")
		tw.change(&register.Filing{ID: register.NewFilingID("2026Q2", n), Quarter: "2026Q2", N: n, Branch: "dongyuan", Committee: "beicheng", Stratum: "beicheng",
			At: "2026-06-20T09:00", Cases: []string{id}, FiledOn: calendar.MustParse("2026-06-10")})
	}
	tw.record(2, func(f *register.Filing) {
		f.Point, f.Withdrawn, f.WithdrawnOn = 1, 10, calendar.MustParse("2026-06-15")
	})
	tw.now = "2026-06-15T09:00:00+08:00"
	tw.run(tw.server.Draws.Ask, tw.now)
	return tw
}

// hold records nine meetings, and draws at the two points.
func (tw *town) hold() {
	tw.t.Helper()
	for n := 1; n <= 10; n++ {
		if n != 2 {
			tw.record(n, func(f *register.Filing) { f.Point = 1 })
		}
	}
	tw.run(tw.server.Draws.Points, "2026-07-01T00:30:00+08:00")
	tw.run(tw.server.Draws.Points, "2026-07-08T00:30:00+08:00")
	tw.now = "2026-07-10T09:00:00+08:00"
}

// close closes the quarter on its last day.
func (tw *town) close() {
	tw.t.Helper()
	tw.run(tw.server.Draws.Close, "2026-07-22T00:30:00+08:00")
	tw.now = "2026-07-22T09:00:00+08:00"
}

func (tw *town) run(job func(context.Context, time.Time) (int, error), at string) {
	tw.t.Helper()
	if n, err := job(tw.t.Context(), instant(at)); err != nil || n == 0 {
		tw.t.Fatalf("%d acts, %v", n, err)
	}
}

func (tw *town) change(e register.Entity) {
	tw.t.Helper()
	clock := engine.Actor{County: county, Office: engine.ClockOffice}
	if err := tw.engine.Change(tw.t.Context(), clock, []register.Entity{e}, calendar.Date{}, "test", instant(tw.now)); err != nil {
		tw.t.Fatal(err)
	}
}

func (tw *town) record(n int, change func(*register.Filing)) {
	tw.t.Helper()
	f := *tw.engine.View(tw.t.Context(), county).FilingsOf("2026Q2")[n-1]
	change(&f)
	tw.change(&f)
}

const quarter = "/api/v1/quarters/2026Q2"

func TestAQuarterIsPublished(t *testing.T) {
	tw := drawnTown(t)
	var open, drawn, closed QuarterView
	tw.get("", quarter).want(http.StatusOK).decode(&open)
	if open.Quarter != "420683/2026Q2" || open.Algorithm != sampling.Version || open.Quota != "3/10" || len(open.Commitments) != 2 ||
		len(open.Methods) != 3 || len(open.Points) != 2 || open.Points[0].On != calendar.MustParse("2026-06-30") || open.Points[0].Frame != "" {
		t.Errorf("opened: %+v", open)
	}
	if len(open.Strata) != 3 || open.Strata[0].Committees[0] != "beicheng" || len(open.Strata[1].Committees) != 0 {
		t.Errorf("strata: %+v", open.Strata)
	}
	tw.hold()
	tw.get("", quarter).want(http.StatusOK).decode(&drawn)
	if p := drawn.Points[1]; len(p.Frame) != 64 || len(p.Selection) != 64 || p.DrawnOn != calendar.MustParse("2026-07-08") {
		t.Errorf("drawn: %+v", drawn.Points)
	}
	for _, v := range []QuarterView{open, drawn} {
		if v.Closed || v.Digest != "" || v.Keys != nil || v.Figures != nil || v.BelowQuota != nil {
			t.Errorf("before the closing: %+v", v)
		}
	}
	tw.close()
	tw.get("", quarter).want(http.StatusOK).decode(&closed)
	key := party("dic").key()
	if !closed.Closed || closed.ClosedOn != calendar.MustParse("2026-07-22") || closed.Keys[0] != (KeyView{"dic", sampling.Hash(key).String()}) {
		t.Errorf("closed: %+v", closed)
	}
	want := StratumFigures{Stratum: "beicheng", Filed: 10, Withdrawn: 1, Held: 8, Need: 3, Branches: 1, NeedBranch: 1, Forced: 1}
	got := closed.Figures[0]
	if got.Drawn < 3 {
		t.Errorf("%d are drawn of 8", got.Drawn)
	}
	if got.Drawn = 0; got != want || !slices.Equal(closed.BelowQuota, []string{"beicheng"}) {
		t.Errorf("figures %+v, below the quota %v", closed.Figures, closed.BelowQuota)
	}
	var list []QuarterLine
	tw.get("", "/api/v1/quarters").want(http.StatusOK).decode(&list)
	if len(list) != 2 || list[0].ID != "2026Q3" || list[0].Closed || list[1].Digest != closed.Digest || list[1].To != calendar.MustParse("2026-06-30") {
		t.Errorf("list: %+v", list)
	}
}

// Before the closing the published record says nothing that follows from the
// tickets but digests of them.
func TestAQuarterIsPublishedWithoutItsDraw(t *testing.T) {
	tw := drawnTown(t)
	tw.hold()
	text := string(tw.get("", quarter).body) + string(tw.get("", "/api/v1/quarters").body)
	for _, never := range []string{"dongyuan", "online", "failsafe", "2026Q2-0000", `"drawn":`, `"forced"`} {
		if strings.Contains(strings.Replace(text, `"online":"3/10"`, "", 1), never) {
			t.Errorf("%q stands in %s", never, text)
		}
	}
}

func TestTheBundleIsAFile(t *testing.T) {
	tw := drawnTown(t)
	before := tw.get("auditor", quarter+"/bundle").want(http.StatusOK)
	b, err := sampling.DecodeBundle(bytes.NewReader(before.body))
	if err != nil {
		t.Fatal(err)
	}
	if len(b.Filings) != 10 || len(b.Keys) != 0 || len(b.Lines) != 0 || len(b.Results) != 0 {
		t.Errorf("before the closing: %s", before.body)
	}
	if forced := tw.engine.View(t.Context(), county).FilingsOf("2026Q2")[9].Forced; forced != "failsafe" || bytes.Contains(before.body, []byte(forced)) {
		t.Errorf("filing 10 is forced: %q, and its meeting is still to come: %s", forced, before.body)
	}
	tw.hold()
	tw.close()
	after := tw.get("inspector", quarter+"/bundle").want(http.StatusOK)
	if b, err = sampling.DecodeBundle(bytes.NewReader(after.body)); err != nil {
		t.Fatal(err)
	}
	if faults := sampling.Verify(*b); len(faults) > 0 {
		t.Errorf("the bundle does not hold: %v", faults)
	}
	var view QuarterView
	tw.get("", quarter).decode(&view)
	if view.Digest != b.Digest().String() {
		t.Errorf("published is %s, the bundle is %s", view.Digest, b.Digest())
	}
	if after.header.Get("Content-Type") != "application/json" || after.header.Get("Content-Disposition") != `attachment; filename="spotcheck-420683-2026Q2.json"` {
		t.Errorf("headers %v", after.header)
	}
}

func TestTheBundleInEveryForm(t *testing.T) {
	tw := drawnTown(t)
	for form, kind := range map[string]string{"csv": papers.CSVType, "xlsx": papers.XLSXType} {
		r := tw.get("auditor", quarter+"/bundle?format="+form).want(http.StatusOK)
		if r.header.Get("Content-Type") != kind || r.header.Get("Content-Disposition") != `attachment; filename="spotcheck-420683-2026Q2.`+form+`"` {
			t.Errorf("headers %v", r.header)
		}
		for _, never := range []string{"密钥方未按时应答", "公开的密钥"} {
			if parts := fmt.Sprint(r.partsOf(form)); strings.Contains(parts, never) || !strings.Contains(parts, "密钥承诺") {
				t.Errorf("before the closing %s: %s", form, parts)
			}
		}
	}
	tw.hold()
	tw.close()
	b, err := sampling.DecodeBundle(bytes.NewReader(tw.get("auditor", quarter+"/bundle?format=json").want(http.StatusOK).body))
	if err != nil {
		t.Fatal(err)
	}
	for _, form := range []string{"csv", "xlsx"} {
		parts := tw.get("auditor", quarter+"/bundle?format="+form).want(http.StatusOK).partsOf(form)
		for part, rows := range map[string]int{"公开记录": 5 + 2 + 2 + 3 + 3 + 2 + 1, "会议备案": len(b.Filings), "补抽时点": 2, "抽中": len(b.Lines), "结果": len(b.Results)} {
			if len(parts[part]) != rows {
				t.Errorf("%s: %d rows of %s, want %d: %q", form, len(parts[part]), part, rows, parts[part])
			}
		}
		last := b.Lines[len(b.Lines)-1]
		for part, want := range map[string]string{"公开记录": b.Digest().String(), "补抽时点": b.Records[1].Frame.String(), "抽中": last.Ticket.String(), "会议备案": "密钥方未按时应答", "结果": "未办结"} {
			if !slices.Contains(parts[part][len(parts[part])-1], want) {
				t.Errorf("%s: %s ends with %q, without %s", form, part, parts[part][len(parts[part])-1], want)
			}
		}
		if text := fmt.Sprint(parts); strings.Contains(text, "示例") {
			t.Errorf("%s names people: %s", form, text)
		}
	}
	en := tw.get("auditor", quarter+"/bundle?format=csv", header{"Accept-Language", "en"}).rowsOf("csv")
	if en[0][0] != "part" || en[1][0] != "Record" || en[1][1] != "algorithm" {
		t.Errorf("in English: %q", en[:2])
	}
	tw.get("auditor", quarter+"/bundle?format=pdf").problem(400, "wrong-type")
}

// partsOf are the rows of the tables of a book, without titles and notes.
func (r *reply) partsOf(form string) map[string][][]string {
	r.t.Helper()
	out := map[string][][]string{}
	if form == "csv" {
		for _, row := range r.rowsOf(form)[1:] {
			out[row[0]] = append(out[row[0]], row[1:])
		}
		return out
	}
	f, err := excelize.OpenReader(bytes.NewReader(r.body))
	if err != nil {
		r.t.Fatal(err)
	}
	defer f.Close()
	for _, sheet := range f.GetSheetList() {
		rows, err := f.GetRows(sheet, excelize.Options{RawCellValue: true})
		if err != nil {
			r.t.Fatal(err)
		}
		out[sheet] = rows[2:]
		if sheet == "公开记录" {
			out[sheet] = out[sheet][:len(out[sheet])-1] // the note
		}
	}
	return out
}

func TestTheSampleInEveryForm(t *testing.T) {
	tw := drawnTown(t)
	var none, sample SampleView
	tw.get("auditor", quarter+"/sample").want(http.StatusOK).decode(&none)
	if none.Checks == nil || len(none.Checks) != 0 {
		t.Errorf("before the inspectors are told: %+v", none)
	}
	tw.hold()
	tw.get("auditor", quarter+"/sample").want(http.StatusOK).decode(&sample)
	if len(sample.Checks) < 4 {
		t.Fatalf("%d checks of nine meetings and one forced", len(sample.Checks))
	}
	last := sample.Checks[len(sample.Checks)-1]
	if last.Filing != "2026Q2-000010" || last.Reason.Key != "failsafe" || last.Reason.Zh != "密钥方未按时应答" || last.Method.Zh != "列席支部大会" || last.Stage.Key != "selected" ||
		last.BranchName != "dongyuan组织" || last.CommitteeName != "beicheng组织" || last.Meeting != "2026-06-20T09:00" || !last.On.IsZero() {
		t.Errorf("the last one: %+v", last)
	}
	tw.get("county-head", "/api/v1/cases/"+string(last.Check)).want(http.StatusOK)
	for _, form := range []string{"csv", "xlsx"} {
		rows := tw.get("auditor", quarter+"/sample?format="+form).rowsOf(form)
		if got := rows[len(rows)-1]; len(rows) != len(sample.Checks)+1 || got[0] != "2026Q2-000010" || got[1] != "2026-06-20 09:00" || got[9] != "密钥方未按时应答" || got[11] != "已抽中" {
			t.Errorf("%s: %q", form, rows)
		}
	}
	r := tw.get("auditor", quarter+"/sample?format=csv", header{"Accept-Language", "en"})
	if rows := r.rowsOf("csv"); rows[0][9] != "reason" || rows[len(rows)-1][11] != "selected" {
		t.Errorf("in English: %q", rows)
	}
	if got := r.header.Get("Content-Disposition"); got != `attachment; filename="sample-2026Q2-2026-07-10.csv"` {
		t.Errorf("file %s", got)
	}
}

func TestTheFilingsInEveryForm(t *testing.T) {
	tw := drawnTown(t)
	var got FilingsView
	r := tw.get("county-reviewer", quarter+"/filings").want(http.StatusOK)
	r.decode(&got)
	if len(got.Filings) != 10 || got.Filings[1].State != "withdrawn" || got.Filings[1].Withdrawn != 10 || got.Filings[2].State != "standing" || len(got.Filings[2].Cases) != 1 {
		t.Errorf("%+v", got)
	}
	for _, never := range []string{"示例", "组织", "failsafe", "shares"} {
		if strings.Contains(string(r.body), never) {
			t.Errorf("%q stands in %s", never, r.body)
		}
	}
	tw.hold()
	for _, form := range []string{"csv", "xlsx"} {
		rows := tw.get("auditor", quarter+"/filings?format="+form).rowsOf(form)
		if got := fmt.Sprintf("%q", rows[2][:7]); len(rows) != 11 || got != `["2026Q2-000002" "2" "dongyuan" "beicheng" "beicheng" "2026-06-20 09:00" "2026-06-10"]` || rows[2][8] != "已撤回" || rows[3][8] != "已召开" {
			t.Errorf("%s: %q", form, rows)
		}
	}
}

func TestQuarterProblems(t *testing.T) {
	tw := drawnTown(t)
	tw.change(&register.Quarter{ID: "2025Q4", Undrawn: true})
	for _, more := range []string{"", "/sample", "/filings", "/bundle"} {
		for name, code := range map[string]string{"2025Q3": "unknown-quarter", "2025Q4": "undrawn-quarter"} {
			tw.get("auditor", "/api/v1/quarters/"+name+more).problem(404, code)
		}
		for _, name := range []string{"2026-2", "2026Q5", "2026q2", "%E5%AD%A3", "2026Q22"} {
			tw.get("auditor", "/api/v1/quarters/"+name+more).problem(400, "bad-quarter")
		}
		if more != "" {
			tw.get("committee-secretary", quarter+more).problem(403, "post-not-allowed")
		}
	}
	tw.get("auditor", quarter+"/sample?format=pdf").problem(400, "wrong-type")
	var list []QuarterLine
	if tw.get("", "/api/v1/quarters").decode(&list); slices.ContainsFunc(list, func(q QuarterLine) bool { return q.ID == "2025Q4" }) {
		t.Error("a quarter without a draw is listed")
	}
	plain := newTown(t)
	for _, path := range []string{"/api/v1/quarters", quarter, quarter + "/sample", quarter + "/filings", quarter + "/bundle"} {
		plain.get("auditor", path).problem(501, "not-supported")
	}
}
