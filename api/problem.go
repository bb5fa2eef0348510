package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/validation"

	"jinchu/calendar"
	"jinchu/engine"
	"jinchu/register"
)

// kind is one kind of problem: its status and its title.
type kind struct {
	status int
	title  engine.Words
}

// kinds is the table from codes to HTTP, the only one. Codes of [engine.Invalid]
// without a row of their own are read as "invalid".
var kinds = map[string]kind{
	"refused":             {422, engine.Words{Zh: "规则不允许", En: "the rules do not allow this"}},
	"calendar-not-loaded": {422, engine.Words{Zh: "该年度放假安排尚未载入", En: "the working days of that year are not loaded"}},
	"key-reused":          {422, engine.Words{Zh: "幂等键已用于另一请求", En: "the idempotency key was used for another request"}},

	"not-found":          {404, engine.Words{Zh: "没有找到", En: "not found"}},
	"unknown-quarter":    {404, engine.Words{Zh: "该季度没有开启抽查", En: "no draw was opened for that quarter"}},
	"undrawn-quarter":    {404, engine.Words{Zh: "该季度登记为不抽查", En: "that quarter is on record as one without a draw"}},
	"no-route":           {404, engine.Words{Zh: "没有这个地址", En: "no such address"}},
	"method-not-allowed": {405, engine.Words{Zh: "该地址不支持此方法", En: "the address does not take this method"}},

	"stale":                {412, engine.Words{Zh: "本案已有变化", En: "the case has moved on"}},
	"exists":               {409, engine.Words{Zh: "该编号的案件已经立案", En: "a case of this identifier is open already"}},
	"claimed":              {409, engine.Words{Zh: "已被他人占用", En: "claimed by somebody else"}},
	"precondition-missing": {428, engine.Words{Zh: "须用 If-Match 写明所见版本", En: "say which version you saw, in If-Match"}},
	"bad-precondition":     {400, engine.Words{Zh: "If-Match 应为引号内的版本号,例如 \"3\"", En: `If-Match is a version in quotes, such as "3"`}},

	"no-token":           {401, engine.Words{Zh: "请提供访问令牌", En: "give a bearer token"}},
	"bad-token":          {401, engine.Words{Zh: "令牌无效或已过期", En: "the token is not known or has expired"}},
	"office-ended":       {401, engine.Words{Zh: "该岗位不存在或任期已结束", En: "the office does not exist or has ended"}},
	"post-not-allowed":   {403, engine.Words{Zh: "本岗位不能办理此事", En: "this post cannot do this"}},
	"clock-not-settable": {400, engine.Words{Zh: "只有演示环境可以指定时间", En: "only a demonstration lets a request set its time"}},

	"invalid":                 {400, engine.Words{Zh: "输入有误", En: "the input is not right"}},
	"not-json":                {400, engine.Words{Zh: "请求体不是合格的 JSON", En: "the body is not JSON"}},
	"missing-field":           {400, engine.Words{Zh: "缺少必填内容", En: "something required is missing"}},
	"unknown-field":           {400, engine.Words{Zh: "没有这个栏目", En: "there is no such field"}},
	"unknown-parameter":       {400, engine.Words{Zh: "没有这个查询参数", En: "there is no such query parameter"}},
	"wrong-type":              {400, engine.Words{Zh: "填写的类型或格式不对", En: "the value has the wrong type or form"}},
	"idempotency-key-missing": {400, engine.Words{Zh: "须提供 Idempotency-Key", En: "give an Idempotency-Key"}},
	"bad-id-number":           {400, engine.Words{Zh: "身份证号有误", En: "the ID number is not right"}},
	"bad-cursor":              {400, engine.Words{Zh: "翻页标记无效", En: "the cursor is not one of ours"}},
	"bad-span":                {400, engine.Words{Zh: "起止日期有误", En: "the span of days is not right"}},
	"too-large":               {413, engine.Words{Zh: "请求体超过 1 MiB", En: "the body is larger than 1 MiB"}},
	"media-type":              {415, engine.Words{Zh: "请求体须为 application/json", En: "the body must be application/json"}},
	"future-date":             {400, engine.Words{Zh: "日期在将来", En: "the date is in the future"}},
	"before-stage":            {400, engine.Words{Zh: "日期早于进入本阶段之日", En: "the date is before the stage began"}},
	"back-dated":              {400, engine.Words{Zh: "补录须说明理由", En: "recording late needs a reason"}},
	"bad-quarter":             {400, engine.Words{Zh: "季度写法如 2026Q3", En: "a quarter is written like 2026Q3"}},
	"unknown-workflow":        {400, engine.Words{Zh: "没有这种程序", En: "there is no such workflow"}},
	"unknown-action":          {400, engine.Words{Zh: "没有这个动作", En: "there is no such action"}},
	"unknown-person":          {400, engine.Words{Zh: "登记册中没有此人", En: "no such person in the register"}},
	"unknown-org":             {400, engine.Words{Zh: "登记册中没有此组织", En: "no such organization in the register"}},

	"unavailable":   {503, engine.Words{Zh: "暂时无法办理,请用同一幂等键重试", En: "not available now; try again with the same key"}},
	"not-supported": {501, engine.Words{Zh: "本服务器不提供此项", En: "this server does not offer this"}},
	"internal":      {500, engine.Words{Zh: "服务器内部错误", En: "internal error"}},
}

// Problem is an error as RFC 9457 has it. Title and detail are in the
// language asked for; detail_en is always English. It may name identifiers and
// field keys that were sent, never what people wrote; nothing of it is logged.
type Problem struct {
	Type     string       `json:"type" format:"uri-reference" doc:"stable; says what the code means"`
	Title    string       `json:"title"`
	Status   int          `json:"status"`
	Code     string       `json:"code" doc:"stable, for programs"`
	Detail   string       `json:"detail"`
	DetailEn string       `json:"detail_en"`
	Where    string       `json:"where,omitempty" doc:"the part of the request it is about"`
	Grounds  []GroundView `json:"grounds,omitempty" doc:"of a refusal: every unmet condition"`
	Seq      int64        `json:"seq,omitempty" doc:"of a stale request: where the case stands now"`
	Since    []EventView  `json:"since,omitempty" doc:"of a stale request: the events not yet seen"`
	words    engine.Words // of the detail
	headers  http.Header
}

// GroundView is one reason of a refusal.
type GroundView struct {
	Code    string         `json:"code"`
	Article engine.Article `json:"article" doc:"the article behind it"`
	Zh      string         `json:"zh"`
	En      string         `json:"en"`
	Missing []engine.Words `json:"missing,omitempty"`
}

// problem begins a problem of a kind, saying no more than its title.
func problem(code string) *Problem {
	k, ok := kinds[code]
	if !ok {
		k = kinds["invalid"]
	}
	p := &Problem{Type: "/problems/" + code, Status: k.status, Code: code, words: k.title, headers: http.Header{}}
	if !ok {
		p.Type = "/problems/invalid"
	}
	if k.status == http.StatusUnauthorized {
		p.with("WWW-Authenticate", "Bearer")
	}
	return p
}

func (p *Problem) saying(w engine.Words) *Problem { p.words = w; return p }
func (p *Problem) at(where string) *Problem       { p.Where = where; return p }
func (p *Problem) with(header, value string) *Problem {
	p.headers.Set(header, value)
	return p
}

// in finishes the problem in a language.
func (p *Problem) in(en bool) *Problem {
	title := kinds[strings.TrimPrefix(p.Type, "/problems/")].title
	p.Title, p.Detail, p.DetailEn = title.Zh, p.words.Zh, p.words.En
	if en {
		p.Title, p.Detail = title.En, p.words.En
	}
	return p
}

// Error implements error.
func (p *Problem) Error() string { return p.Code + ": " + p.words.En }

// GetStatus implements [huma.StatusError].
func (p *Problem) GetStatus() int { return p.Status }

// GetHeaders implements [huma.HeadersError].
func (p *Problem) GetHeaders() http.Header { return p.headers }

// ContentType implements [huma.ContentTypeFilter].
func (p *Problem) ContentType(string) string { return "application/problem+json" }

// problemOf says what an error means to a caller. What the caller cannot help
// is logged and told without details.
func (s *server) problemOf(ctx context.Context, err error) *Problem {
	var p *Problem
	var refused *engine.Refused
	var invalid *engine.Invalid
	var notFound *engine.NotFound
	var conflict *engine.Conflict
	var unavailable *engine.Unavailable
	var fault *register.Fault
	var year *calendar.NotLoaded
	switch {
	case errors.As(err, &p):
		return p
	case errors.As(err, &refused):
		return refusal(refused)
	case errors.As(err, &invalid):
		return problem(invalid.Code).saying(invalid.Words).at(invalid.Where)
	case errors.As(err, &fault):
		return problem(fault.Code).saying(engine.Words{Zh: fault.Zh, En: fault.En}).at(fault.Where)
	case errors.As(err, &notFound):
		return problem("not-found") // the same words for all, whatever it was
	case errors.As(err, &conflict):
		return conflictProblem(conflict)
	case errors.As(err, &year):
		return problem("calendar-not-loaded").saying(engine.Words{
			Zh: fmt.Sprintf("%d 年的放假安排尚未载入,期限无法计算;请管理员载入国务院办公厅通知后再办", year.Year),
			En: year.Error()})
	case errors.As(err, &unavailable):
		s.Log.ErrorContext(ctx, "unavailable", "err", err)
		return problem("unavailable").with("Retry-After", "2")
	case errors.Is(err, errors.ErrUnsupported):
		return problem("not-supported")
	}
	s.Log.ErrorContext(ctx, "internal error", "err", err)
	return problem("internal")
}

func refusal(r *engine.Refused) *Problem {
	p := problem("refused")
	var zh, en []string
	for _, g := range r.Grounds {
		p.Grounds = append(p.Grounds, groundView(g))
		zh = append(zh, fmt.Sprintf("%s(%s)", g.Words.Zh, g.Article))
		en = append(en, fmt.Sprintf("%s (%s)", g.Words.En, g.Article))
	}
	return p.saying(engine.Words{Zh: strings.Join(zh, ";"), En: strings.Join(en, "; ")})
}

func conflictProblem(c *engine.Conflict) *Problem {
	p := problem(c.Code).saying(c.Words)
	if c.Code == "stale" {
		p.Seq, p.Since = c.Seq, eventViews(c.Since)
		p.with("ETag", etag(c.Seq))
	}
	return p
}

// fail answers with a problem outside the library's doors.
func (s *server) fail(w http.ResponseWriter, r *http.Request, err error) {
	p := s.problemOf(r.Context(), err).in(callOf(r.Context()).en)
	maps.Copy(w.Header(), p.headers)
	w.Header().Set("Content-Type", p.ContentType(""))
	w.WriteHeader(p.Status)
	// The status is out; a reader that has gone cannot be told more.
	_ = json.NewEncoder(w).Encode(p)
}

// The library makes its own errors by these package variables; they are set
// once so that its answers come from the table as well. Members of a body are
// matched by their exact names.
func init() {
	huma.ValidateStrictCasing = true
	huma.NewError = func(status int, msg string, errs ...error) huma.StatusError {
		return decodingProblem(status, msg, errs).in(false)
	}
	huma.NewErrorWithContext = func(c huma.Context, status int, msg string, errs ...error) huma.StatusError {
		return decodingProblem(status, msg, errs).in(callOf(c.Context()).en)
	}
}

// decodingProblem says what was wrong with a request that could not be
// decoded: the first finding, without the value.
func decodingProblem(status int, msg string, errs []error) *Problem {
	switch status {
	case http.StatusRequestEntityTooLarge:
		return problem("too-large")
	case http.StatusUnsupportedMediaType:
		return problem("media-type")
	case http.StatusInternalServerError:
		var tooLarge *http.MaxBytesError
		if len(errs) > 0 && errors.As(errs[0], &tooLarge) {
			return problem("too-large")
		}
		return problem("internal")
	}
	for _, err := range errs {
		if d, ok := err.(huma.ErrorDetailer); ok {
			return findingProblem(status, d.ErrorDetail())
		}
	}
	return problem("missing-field").at("body").saying(engine.Words{Zh: "缺少请求体", En: msg})
}

func findingProblem(status int, d *huma.ErrorDetail) *Problem {
	code, zh := "wrong-type", "「%s」的类型或格式不对"
	switch {
	case d.Location == "header.Idempotency-Key" && strings.HasPrefix(d.Message, "required "):
		code, zh = "idempotency-key-missing", "缺少请求头「%s」"
	case strings.HasPrefix(d.Location, "query.") && d.Message == "unknown query parameter":
		code, zh = "unknown-parameter", "没有「%s」这个查询参数"
	case d.Message == validation.MsgUnexpectedProperty:
		code, zh = "unknown-field", "没有「%s」这个栏目"
	case strings.HasPrefix(d.Message, "required "), strings.HasPrefix(d.Message, "expected required property"):
		code, zh = "missing-field", "「%s」缺少必填内容"
	case d.Location == "body" && status == http.StatusBadRequest:
		code, zh = "not-json", "「%s」不是合格的 JSON"
	}
	return problem(code).at(d.Location).saying(engine.Words{Zh: fmt.Sprintf(zh, d.Location), En: d.Location + ": " + d.Message})
}
