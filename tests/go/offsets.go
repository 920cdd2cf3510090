// SPDX-License-Identifier: GPL-2.0-or-later

// Compares data/go/offsets.tsv (its path is the argument) with the DWARF of this
// program, so with the toolchain that built it: one line for each difference, and
// how many fields agree. For a version that the table does not have it prints the
// new column.
package main

import (
	"debug/dwarf"
	"debug/elf"
	"fmt"
	"os"
	"regexp"
	"runtime"
	"strings"
)

func structs(path string) (map[string]*dwarf.StructType, error) {
	f, err := elf.Open(path)
	if err != nil {
		return nil, err
	}
	data, err := f.DWARF()
	if err != nil {
		return nil, err
	}
	found := map[string]*dwarf.StructType{}
	for r := data.Reader(); ; {
		entry, err := r.Next()
		if entry == nil || err != nil {
			return found, err
		}
		if entry.Tag != dwarf.TagStructType {
			continue
		}
		name, _ := entry.Val(dwarf.AttrName).(string)
		if !strings.HasPrefix(name, "runtime.") {
			continue
		}
		if t, err := data.Type(entry.Offset); err == nil {
			if s, ok := t.(*dwarf.StructType); ok {
				found[name] = s
			}
		}
	}
}

// "sizeof runtime.g" or "runtime.g.stack"
func offset(types map[string]*dwarf.StructType, field string) string {
	if strings.HasPrefix(field, "sizeof ") {
		if s := types[field[len("sizeof "):]]; s != nil {
			return fmt.Sprint(s.ByteSize)
		}
		return "-"
	}
	dot := strings.LastIndexByte(field, '.')
	if s := types[field[:dot]]; s != nil {
		for _, f := range s.Field {
			if f.Name == field[dot+1:] {
				return fmt.Sprint(f.ByteOffset)
			}
		}
	}
	return "-"
}

func main() {
	table, err := os.ReadFile(os.Args[1])
	if err != nil {
		panic(err)
	}
	types, err := structs("/proc/self/exe")
	if err != nil {
		panic(err)
	}
	version := regexp.MustCompile(`1\.\d+`).FindString(runtime.Version())
	column, agree, differ := -1, 0, 0
	for _, line := range strings.Split(strings.TrimSpace(string(table)), "\n") {
		values := strings.Split(line, "\t")
		if values[0] == "field" {
			for i, v := range values {
				if v == version {
					column = i
				}
			}
			continue
		}
		if strings.HasPrefix(line, "#") {
			continue
		}
		real := offset(types, values[0])
		switch {
		case column < 0:
			fmt.Printf("%s\t%s\n", values[0], real)
		case values[column] == real:
			agree++
		default:
			differ++
			fmt.Printf("%s: %s in the table, %s in Go %s\n", values[0], values[column], real, version)
		}
	}
	fmt.Printf("go%s: %d agree, %d differ\n", version, agree, differ)
	if column < 0 || differ > 0 || agree < 100 {
		os.Exit(1)
	}
}
