#!/usr/bin/env bash
# Measures serving: the adaptive scheduler beside the rigid one, in alternating runs, each on a fresh server.
#
#   flyball-bench/src/main/scripts/serving.sh OUT [PART...]      PART: capacity mixed azure mooncake prefix steps soak
#
# OUT gets a JSON report of every run, the servers' logs, and a page for each part. Without PART all are run, the soak
# apart. docs/benchmarks.md says what the parts show. Settings, by environment variables:
#   FLYBALL    the program that is measured               (flyball of the checkout, built where it is older than its sources)
#   MODEL      a model file, or a name that serve knows   (default: a synthetic one of 160 million parameters, made in OUT)
#   MIX        the mixed load                             (80 % chats of 50-300 tokens, 20 % documents of 3000-6000)
#   CONTEXT    tokens of prompt and answer together       (8192)
#   THREADS    threads that compute                       (all)
#   PARALLEL   sequences that are worked on at once       (8)
#   ROUNDS     runs of each side                          (3)
#   SECONDS_EACH  how long requests arrive in a run       (180)
#   CAPACITY_SECONDS  how long a capacity is measured     (SECONDS_EACH)
#   SHARES     of the capacity, at which traces are run   ("0.3 0.5 0.7 0.9 1.1")
#   SLO        what makes an answer good                  (ttft=333ms,tpot=25ms: 2 s and 150 ms of a model of a billion
#              parameters, which takes six times as long a step; docs/benchmarks.md has the measurement)
#   SIDES      scheduler settings that are compared       ("adaptive fcfs"; continuous is the third)
#   LENGTHS    length scale of the traces                 (0.25)
#   TARGETS    what all servers are told about latency   (*=-/25: TPOT; FLYBALL_LATENCY_TARGETS of docs/configuration.md)
#   BATCHES    requests under way in the runs of steps    ("1 2 4 8 16 32")
#   SOAK       how long the soak is                       (1h)
#   SOAK_LOOP  its requests under way, a closed loop      (an open one, at 0.9 of the capacity measured first)
#   PORT       where the servers listen                   (18080)
#   TRACES     folder of the traces                       (../shared/traces beside the checkout)
set -euo pipefail

root=$(cd "$(dirname "$0")/../../../.." && pwd -P)
if [ $# -lt 1 ]; then
  sed -n '2,27p' "$0" | sed 's/^# \{0,1\}//' >&2
  exit 2
fi
mkdir -p "$1"
out=$(cd "$1" && pwd -P)
shift
parts=("$@")
[ ${#parts[@]} -gt 0 ] || parts=(capacity mixed azure mooncake prefix steps)

context=${CONTEXT:-8192}
rounds=${ROUNDS:-3}
seconds=${SECONDS_EACH:-180}
capacity_seconds=${CAPACITY_SECONDS:-$seconds}
slo=${SLO:-ttft=333ms,tpot=25ms}
sides=${SIDES:-adaptive fcfs}
lengths=${LENGTHS:-0.25}
port=${PORT:-18080}
traces=${TRACES:-$root/../shared/traces}
url=http://127.0.0.1:$port
mix=${MIX:-80% in=50-300 out=50-150 name=chat; 20% in=3000-6000 out=50-150 name=document}
server=

program=${FLYBALL:-$root/flyball}

flyball() { "$program" "$@"; }
say() { printf '%s  %s\n' "$(date +%T)" "$*" >&2; }

stop_server() {
  if [ -n "$server" ]; then
    kill "$server" 2>/dev/null || true
    wait "$server" 2>/dev/null || true
    server=
  fi
}
trap stop_server EXIT

# A fresh server for every run, so that no run finds the prompts of another one in the cache. No function starts it: the
# process that is known here, killed and watched is to be the server, not a shell around it.
start_server() { # SIDE LOG
  stop_server
  FLYBALL_PRELOAD=true FLYBALL_MAX_WAITING=1024 FLYBALL_MAX_REQUESTS=2048 FLYBALL_LATENCY_TARGETS=${TARGETS-*=-/25} \
    "$program" serve "$model" --port "$port" --context "$context" --parallel "${PARALLEL:-8}" \
    ${THREADS:+--threads "$THREADS"} --keep-alive -1 --scheduler "$1" >"$2" 2>&1 &
  server=$!
  for _ in $(seq 600); do
    kill -0 "$server" 2>/dev/null || break # whoever answers then, it is another server
    if [ "$(curl -s -m 2 -o /dev/null -w '%{http_code}' "$url/health")" = 200 ]; then
      return
    fi
    sleep 0.5
  done
  say "no server came up:"
  tail -n 20 "$2" >&2
  exit 1
}

# One run on a fresh server; what follows the name goes to flyball load.
measure() { # SIDE NAME OPTIONS...
  local side=$1 name=$2
  shift 2
  say "$name, $side"
  start_server "$side" "$out/$name.log"
  flyball load --url "$url" --api completions --slo "$slo" --label "$side" --server-pid "$server" \
    --timeout 30m --max-context "$context" -o json "$@" >"$out/$name.json.part"
  mv "$out/$name.json.part" "$out/$name.json"
}

# The first figure of that name in a report: that of all classes.
figure() { # FIELD FILE
  sed -n "s/.*\"$1\" : \\([0-9.eE+-]*\\).*/\\1/p" "$2" | head -n 1
}

share() { # SHARE OF
  awk -v a="$1" -v b="$2" 'BEGIN { printf "%.4f", a * b }'
}

# What a server answers at most, into `most`: twice as many requests under way as it works on, and none ever missing. Never
# in a subshell, which would leave its server behind.
find_capacity() { # NAME OPTIONS...
  local name=$1
  shift
  [ -s "$out/$name.json" ] ||
    measure adaptive "$name" --seed 1 --concurrency $((2 * ${PARALLEL:-8})) --duration "${capacity_seconds}s" "$@"
  most=$(figure requests_per_second "$out/$name.json")
}

# Rates around the capacity, with commas.
rates_around() { # CAPACITY
  local rates=()
  for part in ${SHARES:-0.3 0.5 0.7 0.9 1.1}; do
    rates+=("$(share "$part" "$1")")
  done
  (IFS=, && printf '%s' "${rates[*]}")
}

# Both sides in turn, the same seeds for both.
alternate() { # NAME OPTIONS...
  local name=$1 round side files=()
  shift
  for round in $(seq "$rounds"); do
    for side in $sides; do
      measure "$side" "$name-$side-$round" --seed $((100 + round)) "$@"
      files+=("$out/$name-$side-$round.json")
    done
  done
  flyball load --compare "${files[@]}" --html "$out/$name.html" --force | tee "$out/$name.txt"
}

# A trace at several rates. Every rate is a run on a server that has seen other prompts only.
curve() { # NAME TRACE
  local name=$1 trace=$2
  if [ ! -f "$trace" ]; then
    say "$name: there is no $trace"
    return
  fi
  find_capacity "$name-capacity" --trace "$trace" --length-scale "$lengths"
  # Of the trace so many requests as arrive in the time of a run at the capacity.
  alternate "$name" --trace "$trace" --length-scale "$lengths" --split 1000 --rate "$(rates_around "$most")" \
    --max-requests "$(awk -v a="$most" -v s="$seconds" 'BEGIN { printf "%d", a * s + 1 }')"
}

model=${MODEL:-$out/160m.gguf}
if [ -z "${MODEL:-}" ] && [ ! -f "$model" ]; then
  flyball synth --shape layers=12,dim=768,ffn=3072,heads=12,kv-heads=12,vocab=32000,context=8192 --type q4_0 -o "$model"
fi
{
  date
  git -C "$root" log -1 --oneline
  grep -m 1 'model name' /proc/cpuinfo || true
  nproc
  cat /proc/loadavg
  printf 'slo %s, sides %s, rounds %s, %s s each, context %s\n' "$slo" "$sides" "$rounds" "$seconds" "$context"
} >>"$out/machine.txt"

for part in "${parts[@]}"; do
  case $part in
    capacity)
      find_capacity capacity --mix "$mix"
      say "capacity: $most requests/s"
      ;;
    mixed)
      find_capacity capacity --mix "$mix"
      alternate mixed --mix "$mix" --rate "$(share 0.7 "$most")" --duration "${seconds}s" --warm-up 10s
      ;;
    azure) curve azure "$traces/azure-2023-conv.csv" ;;
    mooncake) curve mooncake "$traces/mooncake-conversation.jsonl.gz" ;;
    prefix)
      # 32 requests over one prefix of 2,000 tokens: computed once, 31 * 2,000 tokens come from the cache.
      alternate prefix --mix '100% in=20-60 out=32 name=question' --shared-prefix 2000 --rate 2 --max-requests 32
      for file in "$out"/prefix-*.json; do
        say "$(basename "$file"): $(figure cached "$file") of $(figure prompt "$file") prompt tokens from the cache"
      done
      ;;
    steps) # what composing a step takes of its time, by the engine's own account when its model is unloaded
      printf '%s\n' handlers=java.util.logging.ConsoleHandler java.util.logging.ConsoleHandler.level=FINE \
        .level=INFO dev.flyball.engine.EngineLoop.level=FINE >"$out/logging.properties"
      for batch in ${BATCHES:-1 2 4 8 16 32}; do
        PARALLEL=32 FLYBALL_JAVA_OPTS="-Djava.util.logging.config.file=$out/logging.properties" \
          measure adaptive "steps-$batch" --mix '100% in=64 out=200 name=answer' --concurrency "$batch" \
          --duration "$((seconds / 6))s" --seed "$batch"
        curl -s -o /dev/null -H 'Content-Type: application/json' -d '{"prompt":"a","max_tokens":1,"keep_alive":0}' \
          "$url/v1/completions"
        for _ in $(seq 20); do
          grep -q 'composing one' "$out/steps-$batch.log" && break
          sleep 0.5
        done
        say "$batch at a time: $(grep -o '[0-9]* steps; composing one.*' "$out/steps-$batch.log")"
      done
      ;;
    soak)
      if [ -n "${SOAK_LOOP:-}" ]; then
        pace=(--concurrency "$SOAK_LOOP")
      else
        find_capacity capacity --mix "$mix"
        pace=(--rate "$(share 0.9 "$most")")
      fi
      measure adaptive soak --mix "$mix" "${pace[@]}" --duration "${SOAK:-1h}" --sample-every 5s --seed 7
      # The load is over, the server still runs: what it holds now, it would hold for ever.
      curl -s "$url/metrics" >"$out/soak-end.metrics"
      flyball load --compare "$out/soak.json" --html "$out/soak.html" --force
      say "token account exact: $(sed -n 's/.*"exact" : \([a-z]*\).*/\1/p' "$out/soak.json")"
      say "held after the load:"
      grep -E '^vllm:(num_requests_running|num_requests_waiting|kv_cache_usage_perc)' "$out/soak-end.metrics" >&2
      ;;
    *)
      say "there is no part $part"
      exit 2
      ;;
  esac
done
say "reports are in $out"
