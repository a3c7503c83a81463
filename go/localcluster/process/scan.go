package process

// Which processes belong to a container? Those of its session, and those that carry its mark in their environment: a
// process that leaves the session (setsid) still has the mark that it inherited.

import (
	"bytes"
	"os"
	"strconv"
	"strings"
)

// MarkVariable is the environment variable by which processes are found again. Its value is a path, such as
// <cluster>/<pod uid>/<container>; a prefix of it names all that lies below.
const MarkVariable = "LOCALCLUSTER_MARK"

// Info is one line of the process table.
type Info struct {
	PID, Session int
	Zombie       bool
	Mark         string
	Resident     int64 // bytes that belong to no file: what a container's memory limit is about
}

// Owner selects processes. A zero field selects nothing.
type Owner struct {
	Session int
	Mark    string // this mark and all below it
}

// Owns says whether a living process belongs to the owner.
func (o Owner) Owns(info Info) bool {
	if info.Zombie {
		return false
	}
	if o.Session != 0 && info.Session == o.Session {
		return true
	}
	return o.Mark != "" && (info.Mark == o.Mark || strings.HasPrefix(info.Mark, o.Mark+"/"))
}

// Table reads the process table. Processes that end meanwhile, or belong to someone else, have no mark.
func Table() ([]Info, error) {
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return nil, err
	}
	var table []Info
	for _, entry := range entries {
		pid, err := strconv.Atoi(entry.Name())
		if err != nil {
			continue
		}
		if info, ok := read(pid); ok {
			table = append(table, info)
		}
	}
	return table, nil
}

func read(pid int) (Info, bool) {
	dir := "/proc/" + strconv.Itoa(pid) + "/"
	stat, err := os.ReadFile(dir + "stat")
	if err != nil {
		return Info{}, false
	}
	info, ok := parseStat(pid, string(stat))
	if !ok || info.Zombie {
		return info, ok
	}
	if environ, err := os.ReadFile(dir + "environ"); err == nil {
		info.Mark = parseMark(environ)
	}
	if statm, err := os.ReadFile(dir + "statm"); err == nil {
		info.Resident = parseStatm(string(statm), int64(os.Getpagesize()))
	}
	return info, true
}

// parseStat reads "PID (name) STATE PPID PGRP SESSION …"; the name may hold blanks and brackets.
func parseStat(pid int, stat string) (Info, bool) {
	end := strings.LastIndexByte(stat, ')')
	if end < 0 {
		return Info{}, false
	}
	fields := strings.Fields(stat[end+1:])
	if len(fields) < 4 {
		return Info{}, false
	}
	session, err := strconv.Atoi(fields[3])
	if err != nil {
		return Info{}, false
	}
	return Info{PID: pid, Session: session, Zombie: fields[0] == "Z" || fields[0] == "X"}, true
}

// parseStatm reads "size resident shared …", in pages.
func parseStatm(statm string, page int64) int64 {
	fields := strings.Fields(statm)
	if len(fields) < 3 {
		return 0
	}
	resident, _ := strconv.ParseInt(fields[1], 10, 64)
	shared, _ := strconv.ParseInt(fields[2], 10, 64)
	return max(0, resident-shared) * page
}

func parseMark(environ []byte) string {
	for _, entry := range bytes.Split(environ, []byte{0}) {
		if value, ok := bytes.CutPrefix(entry, []byte(MarkVariable+"=")); ok {
			return string(value)
		}
	}
	return ""
}
