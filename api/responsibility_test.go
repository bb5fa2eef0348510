package api

import (
	"bytes"
	"encoding/csv"
	"net/http"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"jinchu/register"
)

// Every post has words for the tables.
func TestPostsHaveWords(t *testing.T) {
	for _, p := range append([]register.Post{register.Clock}, register.Posts...) {
		if w := postWords[p]; w.Zh == "" || w.En == "" {
			t.Errorf("%s has no words", p)
		}
	}
}

// answered plays a case to its end and gives its address.
func (tw *town) answered() string {
	tw.t.Helper()
	place := tw.open()
	tw.act("secretary", place, goodTalk).want(http.StatusOK)
	tw.act("committee-reviewer", place, `{"action":"ask"}`).want(http.StatusOK)
	tw.act("department-officer", place, `{"action":"answer","fields":{"opinion":"none"}}`).want(http.StatusOK)
	tw.act("committee-reviewer", place, `{"action":"finish"}`).want(http.StatusOK)
	return place
}

func (tw *town) responsibility(as, place string) ResponsibilityView {
	tw.t.Helper()
	var v ResponsibilityView
	tw.get(as, place+"/responsibility").want(http.StatusOK).decode(&v)
	return v
}

func TestResponsibilityOverHTTP(t *testing.T) {
	tw := newTown(t)
	place := tw.answered()
	v := tw.responsibility("secretary", place)
	if len(v.Entries) != 6 || v.Stage.Key != "done" || v.Cut {
		t.Fatalf("%+v", v)
	}
	talk, talker, answer := v.Entries[1], v.Entries[2], v.Entries[4]
	if talk.Office != "secretary" || talk.Post != register.BranchSecretary || talk.OrgName != "dongyuan组织" || talk.PersonName != "吴示例" ||
		talk.Capacity.Zh != "经办" || talk.Article != "细则 7" || !talk.RuleKnown || len(talk.Rule) != 16 || talk.Saw.Seq != 1 || talk.Saw.Stage.Key != "applied" ||
		talk.Saw.Head.IsZero() || talk.To.Key != "talked" || talk.Action.Zh != "谈话" {
		t.Errorf("talk %+v", talk)
	}
	if talker.Capacity.Key != "named" || talker.NamedAs == nil || talker.NamedAs.Zh != "谈话人" || talker.PersonName != "qian示例" || talker.Saw != nil || talker.Office != "" {
		t.Errorf("talker %+v", talker)
	}
	if answer.Capacity.Key != "opined" || answer.Said[0].Key != "opinion" || answer.Said[0].Value != "none" || answer.PersonName != "" || answer.Saw.Facts["talker"] != "qian" {
		t.Errorf("answer %+v", answer)
	}
	if first := v.Entries[0]; first.Saw.Seq != 0 || first.From.Key != "new" || first.From.Zh == "" {
		t.Errorf("first %+v", first)
	}
	if !strings.Contains(tw.log.String(), "/responsibility") || strings.Contains(tw.log.String(), "示例") {
		t.Error("the log")
	}
}

// Who may not know of the case is answered as for one that is not there, to
// the byte; a department finds the content of its own acts only.
func TestResponsibilityWithinReach(t *testing.T) {
	tw := newTown(t)
	place := tw.answered()
	nowhere := tw.get("west", "/api/v1/cases/nosuchcase/responsibility")
	nowhere.problem(404, "not-found")
	for _, as := range []string{"west", "health", "laojie"} {
		for _, format := range []string{"", "?format=json", "?format=csv", "?format=xlsx"} {
			got := tw.get(as, place+"/responsibility"+format)
			got.problem(404, "not-found")
			if !bytes.Equal(got.body, nowhere.body) {
				t.Errorf("%s: %s, not %s", as, got.body, nowhere.body)
			}
		}
	}
	body := tw.get("department-officer", place+"/responsibility").want(http.StatusOK).body
	if strings.Contains(string(body), "qian") || strings.Contains(string(body), "facts") || !strings.Contains(string(body), "opinion") {
		t.Errorf("%s", body)
	}
}

func TestDeedsOverHTTP(t *testing.T) {
	tw := newTown(t)
	tw.answered()
	tw.openFor("zhou")
	var all DeedsView
	tw.get("auditor", "/api/v1/offices/secretary/deeds").want(http.StatusOK).decode(&all)
	if len(all.Items) != 3 || all.Next != "" || all.Items[0].Outcome.PersonName == "" || all.Items[0].Outcome.Stage.Key == "" {
		t.Fatalf("%+v", all)
	}
	// Two at a time, by the Link, in every form.
	next, seen := "/api/v1/people/p-secretary/deeds?limit=2", 0
	for next != "" {
		r := tw.get("secretary", next).want(http.StatusOK)
		var page DeedsView
		r.decode(&page)
		for i, item := range page.Items {
			if want := all.Items[seen+i]; item.Case != want.Case || item.Seq != want.Seq {
				t.Errorf("item %d is %s/%d", seen+i, item.Case, item.Seq)
			}
		}
		seen += len(page.Items)
		next, _, _ = strings.Cut(strings.TrimPrefix(r.header.Get("Link"), "<"), ">")
		if (next == "") != (page.Next == "") {
			t.Errorf("link %q, next %q", next, page.Next)
		}
	}
	if seen != 3 {
		t.Errorf("%d deeds by pages", seen)
	}
	for _, cursor := range []string{"x", "bm8", "bm98eA", "bnVsbAB8MQ", "LTF8LTE"} {
		tw.get("auditor", "/api/v1/offices/secretary/deeds?cursor="+cursor).problem(400, "bad-cursor")
	}
	tw.get("auditor", "/api/v1/offices/secretary/deeds?format=pdf").problem(400, "wrong-type")
	for _, as := range []string{"org-commissioner", "west", "general-secretary", "department-officer"} {
		unknown := tw.get(as, "/api/v1/offices/nosuch/deeds")
		for _, path := range []string{"/api/v1/offices/secretary/deeds", "/api/v1/people/p-secretary/deeds", "/api/v1/people/nosuch/deeds"} {
			got := tw.get(as, path)
			got.problem(404, "not-found")
			if !bytes.Equal(got.body, unknown.body) {
				t.Errorf("%s %s: %s", as, path, got.body)
			}
		}
	}
	tw.get("committee-reviewer", "/api/v1/offices/secretary/deeds").want(http.StatusOK)
	tw.get("committee-reviewer", "/api/v1/offices/committee-secretary/deeds").problem(404, "not-found")
}

// rowsOf reads a CSV or XLSX answer back, title and notes aside.
func (r *reply) rowsOf(form string) [][]string {
	r.t.Helper()
	if form == "csv" {
		rows, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(r.body, []byte("\xef\xbb\xbf")))).ReadAll()
		if err != nil {
			r.t.Fatal(err)
		}
		return rows
	}
	f, err := excelize.OpenReader(bytes.NewReader(r.body))
	if err != nil {
		r.t.Fatal(err)
	}
	defer f.Close()
	rows, err := f.GetRows("Sheet1", excelize.Options{RawCellValue: true})
	if err != nil {
		r.t.Fatal(err)
	}
	return rows[1:]
}

// The tables say what the JSON says, in the language asked for, under a name
// that is nobody's.
func TestSheets(t *testing.T) {
	tw := newTown(t)
	place := tw.answered()
	kinds := map[string]string{"csv": "text/csv; charset=utf-8", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
	for form, kind := range kinds {
		for path, file := range map[string]string{place + "/responsibility": "responsibility", "/api/v1/offices/secretary/deeds": "deeds"} {
			r := tw.get("auditor", path+"?format="+form).want(http.StatusOK)
			want := `attachment; filename="` + file + `-2026-06-10.` + form + `"`
			if r.header.Get("Content-Type") != kind || r.header.Get("Content-Disposition") != want || r.header.Get("Cache-Control") != "no-store" {
				t.Errorf("%s: %v", path, r.header)
			}
		}
		rows := tw.get("secretary", place+"/responsibility?format="+form).rowsOf(form)
		if got := strings.Join(rows[2][1:9], "|"); got != "2|2026-06-10|2026-06-10 09:00:00|经办|谈话|吴示例|支部书记|dongyuan组织" {
			t.Errorf("%s: talk %q", form, got)
		}
		if got := rows[3]; got[4] != "谈话人" || got[6] != "qian示例" || rows[5][15] != "意见:无" {
			t.Errorf("%s: talker %q, answer %q", form, got, rows[5])
		}
		deeds := tw.get("secretary", "/api/v1/offices/secretary/deeds?format="+form, header{"Accept-Language", "en"}).rowsOf(form)
		if deeds[0][18] != "stage now" || deeds[1][18] != "done" || deeds[1][20] != "yes" || deeds[1][4] != "handled" {
			t.Errorf("%s: deeds %q", form, deeds)
		}
	}
	r := tw.get("auditor", place+"/responsibility", header{"Accept", "text/csv"}).want(http.StatusOK)
	if r.header.Get("Content-Type") != "application/json" || r.header["Content-Disposition"] != nil || r.header["Link"] != nil {
		t.Errorf("JSON: %v", r.header)
	}
}

// A member's text cannot become a formula on its way through a table.
func TestSheetRunsNothing(t *testing.T) {
	tw := newTown(t)
	place := tw.open()
	tw.now = "2026-06-12T09:00:00+08:00"
	tw.act("secretary", place, `{"action":"record-talk","on":"2026-06-11","reason":"=HYPERLINK(\"http://example.invalid\")","fields":{"talker":"qian"}}`).want(http.StatusOK)
	for _, form := range []string{"csv", "xlsx"} {
		row := tw.get("auditor", place+"/responsibility?format="+form).rowsOf(form)[2]
		if row[16] != "补录" || row[17] != `'=HYPERLINK("http://example.invalid")` {
			t.Errorf("%s: %q", form, row)
		}
	}
}
