# Sourced by ./mvnw and ./flyball: finds a JDK of at least version 25 and sets FLYBALL_JDK to its home, or to nothing.
# Looks at JAVA_HOME, then the usual folders, then `java` on the PATH.

# Prints the feature version (25 for "25.0.1") of the JDK at $1, or nothing where there is none with a compiler.
flyball_jdk_version() {
  [ -x "$1/bin/java" ] && [ -x "$1/bin/javac" ] || return 0
  if [ -r "$1/release" ]; then
    sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release"
  else
    "$1/bin/java" -version 2>&1 | sed -n '1s/.*version "\([0-9]*\).*/\1/p'
  fi
}

flyball_find_jdk() {
  FLYBALL_JDK=""
  flyball_path_java="$(command -v java 2>/dev/null || true)"
  if [ -n "$flyball_path_java" ]; then
    flyball_path_java="$(readlink -f "$flyball_path_java" 2>/dev/null || printf %s "$flyball_path_java")"
  fi
  set +f # the folders below are patterns
  for flyball_home in "${JAVA_HOME:-}" "${flyball_path_java%/bin/java}" \
    /usr/lib/jvm/* /usr/java/* /usr/local/java/* /opt/java/* /opt/jdk* \
    "$HOME"/.sdkman/candidates/java/* "$HOME"/.jdks/* \
    /Library/Java/JavaVirtualMachines/*/Contents/Home "$HOME"/Library/Java/JavaVirtualMachines/*/Contents/Home \
    /opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home; do
    [ -n "$flyball_home" ] || continue
    flyball_version="$(flyball_jdk_version "$flyball_home")"
    if [ "${flyball_version:-0}" -ge 25 ]; then
      FLYBALL_JDK="$flyball_home"
      return 0
    fi
  done
  return 1
}
