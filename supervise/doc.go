// Package supervise does what the calendar does for supervision: gathers the figures that are published, and issues the circulars and the annual assessments.
package supervise
