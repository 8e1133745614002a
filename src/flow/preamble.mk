# What every makefile for nights needs. `ferry rules` puts this at the head of .ferry/rules.mk, after
# the variables FERRY_HOME, FERRY_TIMEZONE and FERRY_SOURCES; rules for models and the like follow.

ferry_rules_file := $(lastword $(MAKEFILE_LIST))
FERRY_PROJECT := $(abspath $(dir $(ferry_rules_file))..)
FERRY := $(FERRY_HOME)/bin/ferry

# Recipes run in the tracking shell; $(shell ...) does not, as SHELL differs only within targets.
SHELL := bash
%: SHELL := $(FERRY_HOME)/bin/tracking-shell

# Half a file is no file, and no built-in rule is worth the search. (Suffixes: see the end.)
.DELETE_ON_ERROR:
.SUFFIXES:
%: %,v
%: RCS/%
%: RCS/%,v
%: s.%
%: SCCS/s.%

# The night's date, from the command line, the environment or the clock, all with a single bash and no
# other process: prints the date, the day before and a token of this make; nothing for a bad date.
# (make joins the lines of a $(shell) without a space between.)
define ferry_night
day='$(subst ','\'',$(TODAY))';
if [[ ! $$day ]]; then TZ='$(or $(FERRY_TIMEZONE),UTC)' printf -v day '%(%F)T' -1; fi;
if [[ $$day =~ ^([0-9]{4})-([0-9]{2})-([0-9]{2})$$ ]]; then
  y=$$((10#$${BASH_REMATCH[1]})) m=$$((10#$${BASH_REMATCH[2]})) d=$$((10#$${BASH_REMATCH[3]}));
  a=$$(((14 - m) / 12)) y=$$((y + 4800 - a)) m=$$((m + 12 * a - 3));
  n=$$((d + (153 * m + 2) / 5 + 365 * y + y / 4 - y / 100 + y / 400 - 32045 - 2440588));
  TZ=UTC0 printf -v same '%(%F)T' $$((n * 86400));
  TZ=UTC0 printf -v before '%(%F)T' $$(((n - 1) * 86400));
fi;
[[ $$day == "$$same" ]] && printf '%s %s %x-%d' "$$day" "$$before" "$${EPOCHREALTIME//[!0-9]/}" $$PPID
endef
ferry_night := $(shell $(ferry_night))
ifeq ($(ferry_night),)
$(error TODAY=$(TODAY) is not a date; write it as year-month-day, for example TODAY=2026-03-01)
endif
TODAY := $(word 1,$(ferry_night))
YESTERDAY := $(word 2,$(ferry_night))
YESTERDAY_SLASHED := $(subst -,/,$(YESTERDAY))
TMP_TOKEN := $(word 3,$(ferry_night))

# Write to it, then move: `COMMAND > $(TMP_OUT) && mv $(TMP_OUT) $@`.
TMP_OUT = $@.tmp-$(TMP_TOKEN)

INTERMEDIATE := intermediate/$(TODAY)
RESULTS := results/$(TODAY)
LOGS := logs/$(TODAY)

ifeq ($(findstring :$(FERRY_HOME)/bin:,:$(PATH):),)
PATH := $(FERRY_HOME)/bin:$(PATH)
endif

# For recipes and what they call. FERRY_TARGET is expanded for each target.
export FERRY_TARGET = $@
export FERRY_MAKE_ID := $(TMP_TOKEN)
export FERRY_LOG_DIR := $(FERRY_PROJECT)/$(LOGS)
export FERRY_PROJECT FERRY_HOME FERRY_TIMEZONE PATH
export TODAY YESTERDAY YESTERDAY_SLASHED TMP_TOKEN

# rules.mk is made anew when what it was made from changes. A file of its own keeps the time of the
# last look: rules.mk itself changes only when its text does. These two, and what removes logs, are
# not part of a night's record.
ferry_untracked := $(ferry_rules_file) $(dir $(ferry_rules_file))fresh.mk nuke clean-test list-all-targets
$(ferry_untracked): SHELL := bash
$(ferry_untracked): .SHELLFLAGS := -e -o pipefail -c

include $(dir $(ferry_rules_file))fresh.mk
# Once a make: a source stamped in the future would be newer for ever. `ferry rules` sets the time of
# fresh.mk to when it began to read, so that what changes meanwhile is newer.
ifndef MAKE_RESTARTS
$(dir $(ferry_rules_file))fresh.mk: $(FERRY_SOURCES)
	$(FERRY) rules
endif
$(FERRY_SOURCES): ;

# Double-colon targets: a makefile adds to each by a rule of its own, `backup:: ; ...`.
.PHONY: scaffold cleanup backup nuke clean-test list-all-targets

# Where a chain of pattern rules depends on a double-colon target, make 4.3 makes a second entry of its
# name, without a recipe, after the real ones, and then finds `No rule to make` it. It looks for a
# pattern rule first, however, and an empty one will do.
scaffol%: ;

scaffold:: ## makes the night's directories
	@mkdir -p $(INTERMEDIATE) $(RESULTS) $(LOGS)

cleanup:: ## removes temporary files of the night, those of a make that still runs excepted
	@find $(wildcard $(INTERMEDIATE) $(RESULTS)) /dev/null -name '*.tmp-*-*' -print0 | while IFS= read -r -d '' file; do \
	  [[ "$$(cat "/proc/$${file##*-}/comm" 2>/dev/null)" == *make* ]] || rm -rf -- "$$file"; \
	done

backup:: ## nothing by itself

nuke:: ## removes all that this night made
	rm -rf $(INTERMEDIATE) $(RESULTS) $(LOGS)

clean-test:: ## removes what trial nights (TODAY=1970-01-01) left
	rm -rf intermediate/1970-01-01 results/1970-01-01 logs/1970-01-01

# From make's own database: what stands at the head of a paragraph of its part `Files`.
list-all-targets:: ## one a line
	@{ MAKEFLAGS= '$(MAKE)' --no-print-directory -npq TODAY=$(TODAY) $(addprefix -f ,$(firstword $(MAKEFILE_LIST))) .ferry-none 2>/dev/null || :; } | \
	  LC_ALL=C awk -v hidden=' $(MAKEFILE_LIST) $(FERRY_SOURCES) ' ' \
	    /^# Files/ { files = 1 } /^# files hash-table stats/ { files = 0 } \
	    $$0 == "" { head = files; next } \
	    variable { variable = 0; next } \
	    head && /^# (makefile|environment|command line|automatic|default|.override)/ { variable = 1; next } \
	    head && /^[^#\t]/ && match($$0, /::?( |$$)/) { \
	      name = substr($$0, 1, RSTART - 1); \
	      if (name !~ /^\.([^\/]*$$|ferry\/)/ && !index(hidden, " " name " ") && !seen[name]++) print name } \
	    { head = 0 } ' | LC_ALL=C sort

# A makefile's own first target stays its default goal, whether it comes before or after the include.
# The rule for rules.mk stands between; make takes no target for its goal that is two suffixes joined.
.SUFFIXES: .ferry/rules .mk
