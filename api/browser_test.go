package api_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http/httptest"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"jinchu/api"
	"jinchu/calendar"
	"jinchu/engine"
	"jinchu/engine/draw"
	"jinchu/engine/inmem"
	"jinchu/keyholder"
	"jinchu/register"
	"jinchu/spotcheck"
	"jinchu/workflows"
)

// The first page in a real browser: on an old office PC and on a phone it
// shows what it should, asks for nothing outside, reports nothing wrong, and
// does not scroll sideways.
func TestFirstPageInABrowser(t *testing.T) {
	site := regulationSite(t)
	browser := startBrowser(t)
	for _, screen := range []struct {
		width, height int64
	}{{1366, 768}, {360, 740}} {
		t.Run(fmt.Sprint(screen.width), func(t *testing.T) {
			tab, cancel := chromedp.NewContext(browser)
			defer cancel()
			faults := watch(t, tab, site)
			do(t, tab, chromedp.EmulateViewport(screen.width, screen.height), chromedp.Navigate(site))
			if title := ask(t, tab, chromedp.Title()); !strings.Contains(title, "党员发展与出口审核") {
				t.Errorf("title %q", title)
			}
			shows(t, tab, "各阶段在办件数", "已会前备案\t7", "超期", "派人谈话", "2026-05-01", "发展党员",
				"2026Q2 本季度", "未关闭", "2026Q1 上季度", "已公开 2026-04-08", "2026-03-31 ✓", "催办\t1", "月督办 0 份")
			if wide := ask(t, tab, chromedp.Evaluate[int64](`Math.max(document.documentElement.scrollWidth, document.body.scrollWidth)`)); wide > screen.width {
				t.Errorf("the page is %d wide on a screen of %d", wide, screen.width)
			}
			if images := ask(t, tab, chromedp.Evaluate[[]int](`Array.from(document.images, i => i.naturalWidth)`)); len(images) == 0 || slices.Contains(images, 0) {
				t.Errorf("widths of the pictures: %v", images)
			}
			do(t, tab, chromedp.Click(chromedp.CSS(`header a[lang="en"]`)), chromedp.WaitVisible(chromedp.CSS(`header a[lang="zh-CN"]`)))
			shows(t, tab, "Open cases by stage", "meeting filed\t7", "2026Q2 running", "not closed", "Open supervision orders")
			for _, fault := range faults() {
				t.Error(fault)
			}
		})
	}
}

func do(t *testing.T, tab context.Context, steps ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	if err := chromedp.Do(tab, steps...); err != nil {
		t.Fatal(err)
	}
}

func ask[T any](t *testing.T, tab context.Context, question chromedp.Action[T]) T {
	t.Helper()
	answer, err := chromedp.Run(tab, question)
	if err != nil {
		t.Fatal(err)
	}
	return answer
}

// shows wants texts to be visible on the page.
func shows(t *testing.T, tab context.Context, texts ...string) {
	t.Helper()
	page := ask(t, tab, chromedp.Text(chromedp.CSS("body")))
	for _, want := range texts {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not show %q:\n%s", want, page)
		}
	}
}

// regulationSite serves the regulation itself, with its real drawings and
// figures of every stage.
func regulationSite(t *testing.T) string {
	t.Helper()
	w := workflows.Admission()
	e, err := engine.NewEngine(inmem.New(), nil, calendar.National(), rand.NewChaCha8([32]byte{1}), w, workflows.Quarters(), workflows.Supervision())
	if err != nil {
		t.Fatal(err)
	}
	draws := supervisedCounty(t, e)
	page := api.FrontPage{
		Today:   calendar.MustParse("2026-06-10"),
		Overdue: []api.OverdueCount{{Action: workflows.RecordTalk.Words, Cases: 2, Oldest: calendar.MustParse("2026-05-01")}},
		Accounts: []api.Account{{Post: register.BranchSecretary, Org: "示例市示例街道示例社区第一联合党支部委员会",
			Token: "jc_" + strings.Repeat("0123456789abcdef", 3)}},
	}
	for _, st := range w.Stages() {
		page.Stages = append(page.Stages, api.StageCount{Workflow: w.Words, Stage: st.Words, Cases: 7})
	}
	server := httptest.NewServer(api.New(api.Config{
		Engine: e, County: "420683", Tokens: api.StaticTokens{}, Demo: true, Draws: draws, Log: slog.New(slog.DiscardHandler),
		Now:   func() time.Time { return page.Today.Start() },
		Front: func(context.Context) (api.FrontPage, error) { return page, nil },
		Draw: api.Draw{SVG: func(out io.Writer, w *engine.Workflow) error {
			_, err := out.Write(draw.SVG(w, draw.Options{}))
			return err
		}},
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// supervisedCounty is a county with a quarter that is closed, one that is
// open, and a supervision order.
func supervisedCounty(t *testing.T, e *engine.Engine) *spotcheck.Keeper {
	t.Helper()
	const county = "420683"
	since, on := calendar.MustParse("2020-01-01"), calendar.MustParse("2026-03-10").Start().Add(9*time.Hour)
	nouns := []register.Entity{
		&register.Org{ID: county, Kind: register.County, Name: "示例市委组织部", Path: county},
		&register.Org{ID: "beicheng", Kind: register.Committee, Name: "北城街道党工委", Parent: county, Path: county + "/beicheng", Approves: true},
		&register.Person{ID: "he", Name: "何示例", Org: county, Standing: register.Full, Since: since},
		&register.Office{ID: "head", Person: "he", Post: register.CountyHead, Org: county, From: since},
	}
	if err := e.Change(t.Context(), engine.Actor{County: county, Office: engine.ClockOffice}, nouns, since, "test", on); err != nil {
		t.Fatal(err)
	}
	master := make([]byte, register.MasterLen)
	holder, err := keyholder.Local("org", master)
	if err != nil {
		t.Fatal(err)
	}
	seal, err := spotcheck.NewSeal(master)
	if err != nil {
		t.Fatal(err)
	}
	k := &spotcheck.Keeper{Engine: e, County: county, Holders: []spotcheck.Holder{holder}, Seal: seal}
	for _, step := range []struct {
		job func(context.Context, time.Time) (int, error)
		day string
	}{{k.Open, "2026-03-10"}, {k.Points, "2026-04-08"}, {k.Close, "2026-04-08"}} {
		if n, err := step.job(t.Context(), calendar.MustParse(step.day).Start().Add(30*time.Minute)); err != nil || n == 0 {
			t.Fatal(step.day, n, err)
		}
	}
	if _, err := e.Act(t.Context(), engine.Actor{County: county, Office: "head"}, engine.Move{Workflow: workflows.SupervisionOrder, Org: "beicheng",
		Action: workflows.IssueOrder.Key, Fields: map[string]any{"level": "urge", "basis": "督办", "problems": []engine.Item{{Key: "1", Text: "台账不全"}}}}, on); err != nil {
		t.Fatal(err)
	}
	return k
}

// startBrowser starts a headless Chromium with a new, empty profile. Where
// there is none the test is skipped, or fails where JINCHU_REQUIRE names
// chromium.
func startBrowser(t *testing.T) context.Context {
	t.Helper()
	program := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			program = path
			break
		}
	}
	if program == "" {
		if strings.Contains(os.Getenv("JINCHU_REQUIRE"), "chromium") {
			t.Fatal("Chromium is required and not installed")
		}
		t.Skip("skipped: Chromium is not installed")
	}
	options := []chromedp.ExecAllocatorOption{chromedp.ExecPath(program), chromedp.Headless, chromedp.NoSandbox,
		chromedp.DisableGPU, chromedp.NoFirstRun, chromedp.NoDefaultBrowserCheck, chromedp.WSURLReadTimeout(time.Minute)}
	for _, flag := range []string{"disable-quic", "disable-background-networking", "disable-component-update",
		"disable-sync", "disable-dev-shm-usage"} {
		options = append(options, chromedp.Flag(flag, true))
	}
	bounded, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	t.Cleanup(cancel)
	allocator, cancel := chromedp.NewExecAllocator(bounded, options...)
	t.Cleanup(cancel)
	browser, cancel := chromedp.NewContext(allocator)
	t.Cleanup(cancel)
	if err := chromedp.Do(browser); err != nil {
		t.Fatalf("start %s: %v", program, err)
	}
	return browser
}

// watch notes what goes wrong in a tab: console errors, exceptions, requests
// that fail or go elsewhere than the site. The result tells what was noted.
func watch(t *testing.T, tab context.Context, site string) func() []string {
	t.Helper()
	var mu sync.Mutex
	var faults []string
	note := func(format string, args ...any) {
		mu.Lock()
		defer mu.Unlock()
		faults = append(faults, fmt.Sprintf(format, args...))
	}
	err := chromedp.Listen(tab, func(event any) {
		switch e := event.(type) {
		case *runtime.EventConsoleAPICalled:
			if e.Type == "error" || e.Type == "warning" {
				note("console: %s", e.Type)
			}
		case *runtime.EventExceptionThrown:
			note("exception: %s", e.ExceptionDetails.Text)
		case *log.EventEntryAdded:
			if e.Entry.Level == "error" || e.Entry.Level == "warning" {
				note("browser log: %s %s", e.Entry.Text, e.Entry.URL)
			}
		case *network.EventRequestWillBeSent:
			if !strings.HasPrefix(e.Request.URL, site+"/") && !strings.HasPrefix(e.Request.URL, "data:") {
				note("request to %s", e.Request.URL)
			}
		case *network.EventLoadingFailed:
			if !e.Canceled {
				note("request failed: %s %s", e.Type, e.ErrorText)
			}
		case *network.EventResponseReceived:
			if e.Response.Status >= 400 {
				note("%d for %s", e.Response.Status, e.Response.URL)
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := chromedp.Call(tab, network.Enable, network.EnableParams{}); err != nil {
		t.Fatal(err)
	}
	return func() []string {
		mu.Lock()
		defer mu.Unlock()
		return slices.Clone(faults)
	}
}
