package api

import (
	"context"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"jinchu/calendar"
	"jinchu/engine"
	"jinchu/register"
)

func figures(context.Context) (FrontPage, error) {
	return FrontPage{
		Today:    calendar.MustParse("2026-06-10"),
		Stages:   []StageCount{{engine.Words{Zh: "小程序", En: "small"}, engine.Words{Zh: "已申请", En: "applied"}, 3}},
		Overdue:  []OverdueCount{{engine.Words{Zh: "谈话", En: "talk"}, 2, calendar.MustParse("2026-05-01")}},
		Accounts: []Account{{register.Auditor, "<组织>", "jc_demo"}},
	}, nil
}

func TestFirstPage(t *testing.T) {
	tw := newTown(t, drawAll, func(c *Config) { c.Front = figures })
	zh := tw.get("", "/").want(http.StatusOK)
	en := tw.get("", "/?lang=en").want(http.StatusOK)
	for _, want := range []string{`lang="zh-CN"`, "已申请", "2026-05-01", "jc_demo", "&lt;组织&gt;", "/api/v1/workflows/small/diagram.svg", "/api/openapi.json"} {
		if !strings.Contains(string(zh.body), want) {
			t.Errorf("the Chinese page lacks %q", want)
		}
	}
	for _, want := range []string{`lang="en"`, "applied", "Overdue now"} {
		if !strings.Contains(string(en.body), want) {
			t.Errorf("the English page lacks %q", want)
		}
	}
	csp := zh.header.Get("Content-Security-Policy")
	if !strings.Contains(csp, "default-src 'none'") || strings.Contains(csp, "unsafe") || strings.Contains(csp, "script") {
		t.Errorf("policy %q", csp)
	}
}

// What the first page says of quarters and orders, in both languages. An order
// to the county department is not counted: it may be about a check.
func TestFirstPageOfDrawsAndOrders(t *testing.T) {
	tw := drawnTown(t)
	order := func(org, level string) {
		tw.post("county-head", "/api/v1/cases", `{"workflow":"supervision","action":"issue-order","org":"`+org+`","fields":{"level":"`+level+`","basis":"督办","problems":[{"key":"1","text":"台账不全"}]}}`).want(http.StatusCreated)
	}
	order("dongyuan", "urge")
	order("xiyuan", "urge")
	order("nancheng", "hint")
	clock := engine.Actor{County: county, Office: engine.ClockOffice}
	_, about, _ := strings.Cut(tw.open(), "/cases/")
	if _, err := tw.engine.Act(t.Context(), clock, engine.Move{Workflow: "supervision", Parent: engine.CaseID(about), Action: "issue-order", Org: register.OrgID(county),
		Fields: map[string]any{"level": "warning", "basis": "督办", "problems": []engine.Item{{Key: "1", Text: "抽查未按期指派"}}}}, instant(tw.now)); err != nil {
		t.Fatal(err)
	}
	pages := func() (zh, en string) {
		return string(tw.get("", "/").want(http.StatusOK).body), string(tw.get("", "/?lang=en").want(http.StatusOK).body)
	}
	zh, en := pages()
	shows(t, zh, `<a href="/api/v1/quarters/2026Q2">2026Q2</a>`, "本季度", `<td class="n">10</td>`, "2026-06-30", "未关闭", `<td>催办</td><td class="n">2</td>`, `<td>提示</td><td class="n">1</td>`, "季通报 0 份,月督办 0 份。")
	shows(t, en, "running", "not closed", "Open supervision orders", "quarter&#39;s circulars 0, month&#39;s lists 0.")
	for _, never := range []string{"预警", "2026Q1", "已公开", "上季度", "1,000"} {
		if strings.Contains(zh, never) {
			t.Errorf("the page shows %q", never)
		}
	}
	tw.hold()
	tw.close()
	zh, en = pages()
	var q QuarterView
	tw.get("", quarter).decode(&q)
	shows(t, zh, "上季度", "已公开", "<code>"+q.Digest+"</code>", "2026-06-30 ✓", `2026Q3</a> <span class="hint">本季度`)
	shows(t, en, "published", "last")
	if page := string(newTown(t).get("", "/").body); strings.Contains(page, "督办和通报") || strings.Contains(page, "会议备案和抽查") {
		t.Error("a server without draws and orders shows them")
	}
}

func shows(t *testing.T, page string, texts ...string) {
	t.Helper()
	for _, want := range texts {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q:\n%s", want, page)
		}
	}
}

var reference = regexp.MustCompile(`(?:href|src)="([^"]*)"`)

// The page asks for nothing outside, runs no script, and every link works.
func TestFirstPageIsSelfContained(t *testing.T) {
	tw := newTown(t, drawAll, func(c *Config) { c.Front = figures })
	page := string(tw.get("", "/").want(http.StatusOK).body)
	if strings.Contains(page, "<script") || strings.Contains(page, "style=") {
		t.Error("the page has a script or an inline style")
	}
	links := reference.FindAllStringSubmatch(page, -1)
	if len(links) < 5 {
		t.Fatalf("links %v", links)
	}
	for _, link := range links {
		if !strings.HasPrefix(link[1], "/") || strings.HasPrefix(link[1], "//") {
			t.Errorf("outside link %q", link[1])
			continue
		}
		tw.get("", link[1]).want(http.StatusOK)
	}
	css := string(tw.get("", "/front.css").want(http.StatusOK).body)
	if strings.Contains(css, "url(") || strings.Contains(css, "@import") {
		t.Error("the style asks for more")
	}
}

func TestAccountsAreShownInDemonstrationsOnly(t *testing.T) {
	tw := newTown(t, func(c *Config) { c.Front, c.Demo = figures, false })
	if page := string(tw.get("", "/").want(http.StatusOK).body); strings.Contains(page, "jc_demo") {
		t.Error("a token on the page of a real server")
	}
}

func TestPanicIsAProblem(t *testing.T) {
	tw := newTown(t, func(c *Config) {
		c.Front = func(context.Context) (FrontPage, error) { panic("吴示例") }
	})
	r := tw.get("", "/")
	r.problem(500, "internal")
	if strings.Contains(tw.log.String(), "吴示例") || !strings.Contains(tw.log.String(), "panic") {
		t.Errorf("log %s", tw.log)
	}
}

// One line per request, with the route's pattern and never its address.
func TestLog(t *testing.T) {
	tw := newTown(t)
	place := tw.open()
	tw.log.Reset()
	tw.get("secretary", place)
	line := tw.log.String()
	for _, want := range []string{`"route":"GET /api/v1/cases/{id}"`, `"office":"secretary"`, `"status":200`} {
		if !strings.Contains(line, want) {
			t.Errorf("no %s in %s", want, line)
		}
	}
	if strings.Contains(line, strings.TrimPrefix(place, "/api/v1/cases/")) || strings.Contains(line, tw.tokens["secretary"]) {
		t.Errorf("log %s", line)
	}
}
