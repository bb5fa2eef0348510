package api

import (
	"bytes"
	"context"
	"embed"
	"html/template"
	"net/http"

	"jinchu/calendar"
	"jinchu/engine"
	"jinchu/register"
)

// FrontPage is what the first page shows: numbers only, nobody's name.
type FrontPage struct {
	Today    calendar.Date
	Stages   []StageCount
	Overdue  []OverdueCount
	Accounts []Account // shown in demonstrations only
}

// StageCount is the number of open cases in a stage.
type StageCount struct {
	Workflow engine.Words
	Stage    engine.Words
	Cases    int
}

// OverdueCount is the number of cases in which an action is overdue.
type OverdueCount struct {
	Action engine.Words
	Cases  int
	Oldest calendar.Date // of the deadlines that have passed
}

// Account is a demonstration account.
type Account struct {
	Post  register.Post
	Org   string
	Token string
}

//go:embed front.html front.css icon.svg
var files embed.FS

var frontTemplate = template.Must(template.New("front.html").Option("missingkey=error").ParseFS(files, "front.html"))

// frontFigures are the figures of the first page. Everybody asks for them, and
// they are counted once a minute.
type frontFigures struct {
	FrontPage
	frontSupervision
}

// frontKey is the day of which the figures are.
type frontKey calendar.Date

type frontData struct {
	frontFigures
	Figures   bool // whether there are any to show
	Workflows []*engine.Workflow
	Lang      string
	words     func(engine.Words) string
}

// Words are the words in the language of the page.
func (d frontData) Words(w engine.Words) string { return d.words(w) }

// Say picks the text in the language of the page.
func (d frontData) Say(zh, en string) string { return d.words(engine.Words{Zh: zh, En: en}) }

func front(s *server) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		d := frontData{Workflows: s.Engine.Workflows(), Lang: "zh-CN", Figures: s.Front != nil,
			words: func(w engine.Words) string { return w.Zh }}
		if r.URL.Query().Get("lang") == "en" {
			d.Lang, d.words = "en", func(w engine.Words) string { return w.En }
		}
		now := callOf(r.Context()).now
		shown, err := s.front.get(frontKey(calendar.DateOf(now)), now, func() (frontFigures, error) { return s.figures(r.Context(), calendar.DateOf(now)) })
		if err != nil {
			s.fail(w, r, err)
			return
		}
		d.frontFigures = shown
		var b bytes.Buffer
		if err := frontTemplate.Execute(&b, d); err != nil {
			s.fail(w, r, err)
			return
		}
		w.Header().Set("Content-Security-Policy",
			"default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		// The reader that has gone cannot be told more.
		_, _ = w.Write(b.Bytes())
	}
}

func (s *server) figures(ctx context.Context, today calendar.Date) (f frontFigures, err error) {
	if s.Front != nil {
		if f.FrontPage, err = s.Front(ctx); err != nil {
			return f, err
		}
	}
	if !s.Demo {
		f.Accounts = nil
	}
	f.frontSupervision, err = s.supervision(ctx, today)
	return f, err
}

// frontFile serves what the first page asks for.
func frontFile(name, kind string) func(*server) http.HandlerFunc {
	return func(s *server) http.HandlerFunc {
		body, err := files.ReadFile(name)
		if err != nil {
			panic(err) // embedded
		}
		return func(w http.ResponseWriter, _ *http.Request) { s.write(w, kind, body) }
	}
}
