// Package story reads and runs the acceptance language: text files in which a
// domain expert says what the regulation should answer, and which one runner
// plays on the engine alone, on the databases and over HTTP.
//
// Purpose: [Parse] reads a story, [Run] plays it through a [Driver] and says
// for every line whether it came out as written. Data held: the names of one
// story and what they stand for, for the length of the run.
//
// Guarantees: a line that the language does not know is an error with file,
// line and column; a name is declared before it is used; two runs of one
// story differ in nothing but the drawn identifiers of cases. The set-up of a
// story is made by the calendar's office, every act by the office the line
// names, through the same door as any other act.
//
// # Grammar
//
// Words in capitals are values, [x] may be missing, a|b is a choice, x... may
// stand several times. A '#' after a blank begins a comment.
//
//	story     = line...
//	line      = setting | [DAY] register | DAY act | DAY both | DAY clock | forward | [DAY] find | [DAY] expect
//
//	setting   = "profile" NAME | "set" PARAMETER=VALUE [wrong] | "quarters" "drawn"
//	register  = ( "org" KIND NAME TITLE ["in" ORG] [flag...]
//	            | "person" NAME [TITLE] DATE ["in" ORG] [flag|KEY=VALUE...]
//	            | "member"|"probationary" NAME [TITLE] [DATE] [POST "of" ORG] ["in" ORG] [flag|KEY=VALUE...]
//	            | "members" NUMBER "in" ORG
//	            | "staff" NAME [TITLE] POST ["of" ORG] ["from" DATE]
//	            | "office-ends" PERSON[/POST] DATE
//	            | "sanction" PERSON SANCTION
//	            | "kin" PERSON PERSON DEGREE
//	            | "plan" COMMITTEE YEAR NUMBER [TARGET=PERCENT...]
//	            | "pool" PREFIX FIRST-LAST ) [wrong]
//	wrong     = "!!" WORDS
//
//	act       = deed [outcome]
//	deed      = PERSON[/POST] ACTION CASE [give...]
//	          | "clock" ACTION CASE [give...]
//	          | "open" WORKFLOW CASE ["for" PERSON] ["in" ORG] "by" PERSON[/POST] ["via" ACTION] ["part-of" CASE] [give...]
//	give      = FIELD=VALUE | "on" DATE | "because" TEXT | "seen="NUMBER|"last" | "key="KEY
//	outcome   = "->" STAGE | refusal... | "??" CODE [":" WORDS]
//	refusal   = "!!" ARTICLE [":" WORDS]
//	both      = "both" "{" deed "|" deed "}" "->" "one"|"both"|"same"
//	clock     = "clock"
//	forward   = "fast-forward" CASE "to" STAGE ["by" DATE | "on" DATE]
//	find      = "find" CASE WORKFLOW ["part-of" CASE] ["in" ORG]
//	expect    = "expect" ( CASE fact | PERSON trait | WORKFLOW "of" CASE|ORG NUMBER | "verify" "ok" )
//
// DAY is a date or a date with a time of day; an act is recorded then, in
// Asia/Shanghai, and at 09:00 where no time is given. doc/stories.md explains
// every line and value for those who write stories.
package story
