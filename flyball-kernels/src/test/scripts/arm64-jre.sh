#!/bin/sh
# Makes FOLDER/bin/java: the AArch64 Java 25 of Debian 13 under qemu-user. The build's tests then run on it:
#
#   apt-get install qemu-user
#   flyball-kernels/src/test/scripts/arm64-jre.sh /tmp/arm64-jre
#   ./mvnw -B -ntp -pl flyball-kernels test -Djvm=/tmp/arm64-jre/bin/java
#
# Needs a Debian whose keyring knows Debian 13 (apt, dpkg), installs nothing outside FOLDER, downloads 80 MB.
# FLYBALL_ARM64_CPU chooses another processor of qemu's than neoverse-n1.
set -eu
[ $# -eq 1 ] || { echo "usage: $0 FOLDER" >&2; exit 2; }
command -v qemu-aarch64 > /dev/null || { echo "qemu-aarch64 is missing: apt-get install qemu-user" >&2; exit 1; }

mkdir -p "$1"
folder=$(cd "$1" && pwd)
apt=$folder/apt
mkdir -p "$apt/etc/apt/apt.conf.d" "$apt/etc/apt/preferences.d" "$apt/var/lib/apt/lists/partial" "$apt/var/lib/dpkg" "$apt/var/cache/apt/archives/partial" "$folder/bin"
: > "$apt/var/lib/dpkg/status"
key=/usr/share/keyrings/debian-archive-keyring.gpg
cat > "$apt/sources.list" << END
deb [signed-by=$key] http://deb.debian.org/debian trixie main
deb [signed-by=$key] http://deb.debian.org/debian-security trixie-security main
END
cat > "$apt/apt.conf" << END
Dir "$apt";
Dir::Etc::sourcelist "$apt/sources.list";
Dir::Etc::sourceparts "-";
Dir::State::status "$apt/var/lib/dpkg/status";
APT::Architecture "arm64";
APT::Architectures { "arm64"; };
APT::Install-Recommends "false";
Acquire::Languages "none";
END
export APT_CONFIG="$apt/apt.conf"
apt-get -q update
apt-get -q -y --download-only install openjdk-25-jre-headless

root=$folder/root
mkdir -p "$root/usr/lib"
for package in "$apt"/var/cache/apt/archives/*.deb; do
  dpkg -x "$package" "$root"
done
[ -e "$root/lib" ] || ln -s usr/lib "$root/lib"
# Java's configuration lies behind links from the root of the file system.
find "$root/usr/lib/jvm" -type l -lname '/*' | while read -r link; do
  ln -sfn "$root$(readlink "$link")" "$link"
done

cat > "$folder/bin/java" << END
#!/bin/sh
exec qemu-aarch64 -L "$root" -cpu "\${FLYBALL_ARM64_CPU:-neoverse-n1}" "$root/usr/lib/jvm/java-25-openjdk-arm64/bin/java" "\$@"
END
chmod +x "$folder/bin/java"
"$folder/bin/java" -version
