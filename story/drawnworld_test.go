package story

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"jinchu/api"
	"jinchu/calendar"
	"jinchu/engine"
	"jinchu/engine/inmem"
	"jinchu/register"
	"jinchu/sampling"
	"jinchu/spotcheck"
	"jinchu/workflows"
)

// Two branches of a town file a meeting each. In one world the first is drawn
// when it is filed, in the other the second.
const twoMeetings = `# two meetings, one of them drawn
profile zaoyang
quarters drawn
org    committee beicheng 北城街道党工委
org    branch dongyuan 东园党支部 in beicheng
org    branch xiyuan 西园党支部 in beicheng
person lin 1999-03-02 in dongyuan
person zhou 1999-03-02 in xiyuan
member wu secretary of dongyuan
member xu secretary of xiyuan
members 20 in dongyuan
members 20 in xiyuan
staff chen committee-reviewer of beicheng
staff song committee-secretary of beicheng
staff gang police-officer
staff han county-head
staff tao admin
staff pan county-reviewer
staff mei auditor
staff yue inspector
2025-04-15 open admission a1 for lin by wu
2025-04-15 open admission b1 for zhou by xu
fast-forward a1 to qualified on 2026-05-20
fast-forward b1 to qualified on 2026-05-20
2026-05-21 clock
2026-05-21 wu file-meeting a1 time=2026-06-01T09:00 place=村部
2026-05-21 xu file-meeting b1 time=2026-06-01T09:00 place=村部
2026-05-21T10:00 clock
2026-05-31T08:00 clock
2026-06-01 wu record-meeting a1 present=15 yes=15
2026-06-01 xu record-meeting b1 present=15 yes=15
2026-06-02 wu submit-dossier a1
2026-06-02 xu submit-dossier b1
2026-06-10 song committee-talk a1 talk_opinion=同意
2026-06-10 song committee-talk b1 talk_opinion=同意
2026-06-20T08:00 clock
`

// drawnWorld is a county after the two meetings, served over HTTP.
type drawnWorld struct {
	t      *testing.T
	driver *EngineDriver
	runner *runner
	played int // lines of the story
	asked  int // requests
	server *httptest.Server
	tokens officesByToken
}

type officesByToken struct {
	county  register.CountyID
	offices map[[32]byte]register.OfficeID
}

func (o officesByToken) Lookup(_ context.Context, sum [32]byte) (api.Token, bool, error) {
	office, ok := o.offices[sum]
	return api.Token{County: o.county, Office: office}, ok, nil
}

// holdersFor are keys under which, of the filings 1 and 2, the wanted one alone
// is drawn when it is filed; 0 wants neither.
func holdersFor(t *testing.T, county register.CountyID, wanted int) []spotcheck.Holder {
	t.Helper()
	q := workflows.DrawQuarter(county, "2026Q2")
	online := sampling.Ratio{Num: 3, Den: 10}
	for first := range 200 {
		k := knownKey{"org", byte(first)}
		drawn := func(n int) bool {
			return online.Online(sampling.Combine(q, n, map[string]sampling.Hash{"org": k.key().Share(q, n)}).Ticket)
		}
		if drawn(1) == (wanted == 1) && drawn(2) == (wanted == 2) {
			return []spotcheck.Holder{k}
		}
	}
	t.Fatal("no such keys")
	return nil
}

func newDrawnWorld(t *testing.T, wanted int) *drawnWorld {
	t.Helper()
	d, err := NewEngineDriver(inmem.New(), "invisible", workflows.All, workflows.LoadProfile)
	if err != nil {
		t.Fatal(err)
	}
	county, _, err := d.Begin(t.Context(), "invisible", "zaoyang", nil)
	if err != nil {
		t.Fatal(err)
	}
	d.stories = 0 // the story's own beginning gets the same county
	d.holders = holdersFor(t, county, wanted)
	f, err := Parse("invisible.txt", twoMeetings)
	if err != nil {
		t.Fatal(err)
	}
	r := &runner{ctx: t.Context(), driver: d, file: f, now: f.first.Start()}
	w := &drawnWorld{t: t, driver: d, runner: r, tokens: officesByToken{d.county, map[[32]byte]register.OfficeID{}}}
	w.playTo("2026-05-31T09:00")
	draws, err := d.keeper(d.engine)
	if err != nil {
		t.Fatal(err)
	}
	w.server = httptest.NewServer(api.New(api.Config{Engine: d.engine, County: d.county, Tokens: w.tokens, Demo: true, Draws: draws,
		Now: func() time.Time { return time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC) }, Log: slog.New(slog.DiscardHandler)}))
	t.Cleanup(w.server.Close)
	return w
}

// playTo plays the story up to an instant in China, and gives what the acts of
// people on the way were answered with.
func (w *drawnWorld) playTo(instant string) []string {
	w.t.Helper()
	until, err := time.ParseInLocation("2006-01-02T15:04", instant, calendar.Shanghai)
	if err != nil {
		w.t.Fatal(err)
	}
	var answers []string
	for lines := w.runner.file.Lines; w.played < len(lines) && lines[w.played].At.Before(until); w.played++ {
		if err := w.runner.play(&lines[w.played]); err != nil {
			w.t.Fatal(lines[w.played].Text, err)
		}
		for _, name := range []string{"a1", "b1"} {
			if w.runner.names == nil {
				continue // the lines that settle the county
			}
			if c := w.runner.names.cases[name]; c != nil && c.last != nil {
				answer, err := json.Marshal(c.last)
				if err != nil {
					w.t.Fatal(err)
				}
				answers = append(answers, lines[w.played].Text+" "+string(answer))
			}
		}
	}
	return answers
}

// ask sends a request as somebody of the story, "" for nobody, at nine o'clock,
// and gives the whole answer as a reader finds it: headers, and the sheets of a
// workbook taken out of it.
func (w *drawnWorld) ask(who, method, path, body string, day string) string {
	w.t.Helper()
	req, err := http.NewRequestWithContext(w.t.Context(), method, w.server.URL+path, strings.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	if who != "" {
		w.tokens.offices[api.HashToken("jc_"+who)] = w.runner.names.offices[who][0].ID
		req.Header.Set("Authorization", "Bearer jc_"+who)
	}
	w.asked++
	req.Header.Set("X-Jinchu-Now", calendar.MustParse(day).Start().Add(9*time.Hour).Format(time.RFC3339))
	req.Header.Set("Idempotency-Key", fmt.Sprint("request-", w.asked))
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		w.t.Fatal(err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	var head bytes.Buffer
	resp.Header.Del("Date")
	resp.Header.Del("Content-Length") // that of the bytes, which are compared
	if err := resp.Header.Write(&head); err != nil {
		w.t.Fatal(err)
	}
	return fmt.Sprintf("%d %s\n%s", resp.StatusCode, head.Bytes(), w.unpacked(answer))
}

// unpacked is an answer, or the parts of a workbook.
func (w *drawnWorld) unpacked(answer []byte) string {
	if !bytes.HasPrefix(answer, []byte("PK")) {
		return string(answer)
	}
	book, err := zip.NewReader(bytes.NewReader(answer), int64(len(answer)))
	if err != nil {
		w.t.Fatal(err)
	}
	var out strings.Builder
	for _, f := range book.File {
		part, err := f.Open()
		if err != nil {
			w.t.Fatal(err)
		}
		text, err := io.ReadAll(part)
		if err != nil {
			w.t.Fatal(err)
		}
		fmt.Fprintf(&out, "%s\n%s\n", f.Name, text)
	}
	return out.String()
}

// hashes are commitments to the keys, which are others in each world, and heads
// of chains, which have salts and stand on what was opened with those keys.
// Neither tells anything; that there is one does.
var hashes = regexp.MustCompile(`[0-9a-f]{64}|"head":"[0-9a-f]{12}"`)

// blotted is an answer in which it only shows where there is a hash.
func blotted(answer string) string { return hashes.ReplaceAllString(answer, "a hash") }

// id is the case of a name of the story.
func (w *drawnWorld) id(name string) engine.CaseID { return w.runner.names.cases[name].id }

// seq is the number of a case's last event.
func (w *drawnWorld) seq(name string) int64 {
	w.t.Helper()
	s, err := w.driver.Look(w.t.Context(), w.id(name), w.runner.now)
	if err != nil {
		w.t.Fatal(err)
	}
	return s.Seq
}

// check is the case of the check of a filing, whether it was opened or not.
func (w *drawnWorld) check(name string) string {
	k, err := w.driver.keeper(w.driver.engine)
	if err != nil {
		w.t.Fatal(err)
	}
	n := map[string]int{"a1": 1, "b1": 2}[name]
	f := &register.Filing{ID: register.NewFilingID("2026Q2", n)}
	return string(k.CheckID(f, string(w.runner.names.cases[name].id)))
}

var randomID = regexp.MustCompile(`[0-9a-z]{26}`)

// withoutIDs leaves out the random identifiers of cases.
func withoutIDs(text string) string { return randomID.ReplaceAllString(text, "") }
