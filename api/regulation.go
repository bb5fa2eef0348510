package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"jinchu/engine"
)

// WorkflowView is a part of the regulation: its stages, and its actions with
// what they may be given.
type WorkflowView struct {
	Named
	Stages  []StageView     `json:"stages"`
	Actions []ActionsFields `json:"actions"`
}

// ActionsFields is an action with the fields it takes.
type ActionsFields struct {
	ActionView
	Fields []FieldView `json:"fields"`
}

func readWorkflows(_ context.Context, s *server, _ *call, _ *noInput) (*bodyOf[[]WorkflowView], error) {
	return &bodyOf[[]WorkflowView]{each(s.Engine.Workflows(), func(w *engine.Workflow) WorkflowView {
		return WorkflowView{named(w.Key, w.Words), each(w.Stages(), stageView),
			each(w.Actions(), func(a engine.Action) ActionsFields {
				return ActionsFields{actionView(a), each(fieldsOf(w, a.Key), fieldView)}
			})}
	})}, nil
}

// fieldsOf are the fields of an action, whichever rule takes them.
func fieldsOf(w *engine.Workflow, action string) []*engine.Field {
	var out []*engine.Field
	for _, r := range w.RulesOf(action) {
		for _, f := range slices.Concat(r.Required, r.Optional) {
			if !slices.Contains(out, f) {
				out = append(out, f)
			}
		}
	}
	return out
}

type drawing = func(io.Writer, *engine.Workflow) error

func rulebook(d Draw) drawing { return d.Rulebook }
func svg(d Draw) drawing      { return d.SVG }
func mermaid(d Draw) drawing  { return d.Mermaid }

// drawn is a page with a workflow written for readers. It is made anew each
// time: it changes with the program only, and nobody asks for it often.
func drawn(contentType string, which func(Draw) drawing) func(*server) http.HandlerFunc {
	return func(s *server) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			workflow, ok := s.Engine.Workflow(r.PathValue("key"))
			if !ok {
				s.fail(w, r, problem("not-found"))
				return
			}
			var b bytes.Buffer
			err := errors.ErrUnsupported
			if draw := which(s.Draw); draw != nil {
				err = draw(&b, workflow)
			}
			if err != nil {
				s.fail(w, r, err)
				return
			}
			w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; sandbox")
			s.write(w, contentType, b.Bytes())
		}
	}
}

// drawing documents a page about a workflow; the library documents doors only.
func (r *route) drawing() *huma.Operation {
	op := r.operation()
	op.Parameters = []*huma.Param{{Name: "key", In: "path", Required: true, Schema: &huma.Schema{Type: huma.TypeString}}}
	op.Responses = map[string]*huma.Response{
		"200":     {Description: "OK"},
		"default": {Description: "Error", Content: map[string]*huma.MediaType{"application/problem+json": {Schema: &huma.Schema{Ref: "#/components/schemas/Problem"}}}},
	}
	return &op
}

// write sends a public page, which may be kept for a minute.
func (s *server) write(w http.ResponseWriter, contentType string, b []byte) {
	w.Header().Set("Content-Type", contentType)
	w.Header().Set("Cache-Control", "public, max-age=60")
	// The reader that has gone cannot be told more.
	_, _ = w.Write(b)
}

func openAPI(s *server) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { s.write(w, "application/openapi+json", s.spec) }
}

func encodeSpec(doc *huma.OpenAPI) []byte {
	b, err := json.MarshalIndent(doc, "", "  ")
	if err != nil {
		panic("api: OpenAPI document: " + err.Error()) // a fault of the program
	}
	return append(b, '\n')
}

// explain says what a problem's type means.
func explain(s *server) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		k, ok := kinds[r.PathValue("code")]
		if !ok {
			s.fail(w, r, problem("not-found"))
			return
		}
		s.write(w, "text/plain; charset=utf-8", []byte(k.title.Zh+"\n"+k.title.En+"\n"))
	}
}
