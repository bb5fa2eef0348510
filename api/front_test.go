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
