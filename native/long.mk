# long.mk - the checks at the numbers that are claimed.  Each is a target of its own, made of parts;
# a part's output is a file of build/long that is written when the part has passed, so a run that was
# stopped goes on where it was:
#
#     make -j2 long-peer            all parts of one check, two at a time
#     make long                     every check, which takes hours
#     make long-report              what there is: date, commit, CPU, and the last line of each part
#
# docs/reference/long-runs.md says what came out.

LONG = build/long
TENTHS = 1 2 3 4 5 6 7 8 9 10
MILLION = 1000000

.PHONY: long long-arith long-peer long-nonces long-dudect long-dudect-7 long-fuzz long-report
long: long-arith long-peer long-nonces long-fuzz long-dudect

# A part: its command's output, under its final name once it has passed.
define part
@mkdir -p $(LONG)
@{ date -u +%F && git rev-parse --short HEAD && $(1); } >$@.part 2>&1 || { tail -5 $@.part; exit 1; }
@mv $@.part $@ && echo "$(@F): $$(tail -1 $@)"
endef

# Field and scalar against Python's integers: ten million cases for each body.  The lanes go with
# the plain body, where the CPU has them.
arith-plain =
arith-adx = -DEK_FIELD_ADX=1
arith-portable = -DEK_PORTABLE
arith-limb32 = -DEK_PORTABLE -DEK_LIMB32
BODIES = plain adx portable limb32
long-arith: $(BODIES:%=long-arith-%)
define arith_parts
.PHONY: long-arith-$(1)
long-arith-$(1): $(TENTHS:%=$(LONG)/arith-$(1)-%.txt)
.PHONY: built-arith-$(1)
built-arith-$(1):
	@$$(MAKE) -s BUILD=build/long-$(1) DEFINES="$(arith-$(1))" build/long-$(1)/arith_tests
$(LONG)/arith-$(1)-%.txt: | built-arith-$(1)
	$$(call part,$$(PYTHON) gen/arith_cases.py --seed $$* --count $$(MILLION) | \
	    build/long-$(1)/arith_tests)
endef
$(foreach body,$(BODIES),$(eval $(call arith_parts,$(body))))

# A million signatures each way with libcrypto, shared by the levels.
PEER_PARTS = $(TENTHS) 11 12 13 14 15 16 17 18 19 20
long-peer: $(PEER_PARTS:%=$(LONG)/peer-%.txt)
$(LONG)/peer-%.txt: $(BUILD)/sm2_peer
	$(call part,$< 50000 $*)

# A million nonces.
long-nonces: $(LONG)/nonces.txt
$(LONG)/nonces.txt: $(BUILD)/nonce_tests
	$(call part,$< $(MILLION))

# A million samples at each level, and ten million.  On a machine that does nothing else.
LEVEL_NUMBERS = 0 1 2
long-dudect: $(LEVEL_NUMBERS:%=$(LONG)/dudect-%.txt)
long-dudect-7: $(LEVEL_NUMBERS:%=$(LONG)/dudect-7-%.txt)
$(LONG)/dudect-7-%.txt: $(BUILD)/dudect_tests
	$(call part,$< 10000000 $*)
$(LONG)/dudect-%.txt: $(BUILD)/dudect_tests
	$(call part,$< $(MILLION) $*)

# Ten minutes of every fuzz target.
long-fuzz: $(TARGETS:%=$(LONG)/fuzz-%.txt)
$(LONG)/fuzz-%.txt:
	$(call part,$(MAKE) -s CC=clang-14 TARGETS=$* FUZZ_SECONDS=600 fuzz)

long-report:
	@sed -n 's/^model name.*: //p' /proc/cpuinfo | head -1
	@for result in $(LONG)/*.txt; do \
	    echo "$$(basename $$result .txt): $$(head -2 $$result | tr '\n' ' ') $$(tail -1 $$result)"; done
