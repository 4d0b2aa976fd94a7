# testbed image: images made without a registry, put straight into an engine.
# shellcheck shell=bash disable=SC2154

image() {
  local what=${1:-} engine=${2:-}
  [[ -n $what && -n $engine ]] || die "usage: testbed image demo|autoscaler ENGINE|SWARM [TAG]"
  use_instance "$engine"
  local engines=("$engine")
  case $kind in
    engine) ;;
    swarm) mapfile -t engines < <(swarm_members) ;;
    *) die "'$engine' is a $kind, neither an engine nor a swarm" ;;
  esac
  for engine in "${engines[@]}"; do
    running_pid "$testbed/$engine/pid" >/dev/null || die "engine '$engine' is not running"
  done
  case $what in
    demo) demo_image "${3:-demo:local}" "${engines[@]}" ;;
    autoscaler) autoscaler_image "${3:-swarm-autoscaler:local}" "${engines[@]}" ;;
    *) die "unknown image '$what': demo or autoscaler" ;;
  esac
}

# scratch_folder : a folder inside the testbed that is removed when this process ends.
scratch_folder() {
  scratch=$(mktemp -d "$testbed/.image.XXXXXX")
  trap 'remove_folder "$scratch"' EXIT
}

# --- demo -----------------------------------------------------------------------------------------------------

demo_programs=(bash dash redis-server redis-cli getent
  sleep cat seq date echo printf head tail wc sort tr cut ls mkdir rm mv cp touch env id hostname nproc timeout sed grep
  awk expr test true false tee stat dd sha256sum)

# demo_image TAG ENGINE... : this machine's own shell, Redis and a few tools, with the shared libraries they need.
demo_image() {
  local root program path engine
  require redis-server servers
  scratch_folder
  root=$scratch
  mkdir -p "$root"/{etc,proc,sys,dev,root,run,tmp,usr/{bin,sbin,lib,lib64}}
  chmod 1777 "$root/tmp"
  chmod 755 "$root"
  ln -s usr/bin usr/sbin usr/lib usr/lib64 "$root"
  ln -s dash "$root/usr/bin/sh"
  printf '%s\n' root:x:0:0:root:/root:/bin/bash nobody:x:65534:65534:nobody:/:/bin/false >"$root/etc/passwd"
  printf '%s\n' root:x:0: nogroup:x:65534: >"$root/etc/group"
  echo 'hosts: files dns' >"$root/etc/nsswitch.conf"
  for program in "${demo_programs[@]}"; do
    path=$(type -P "$program") || die "this machine has no '$program' for the demo image"
    cp -L "$path" "$root/usr/bin/$program"
  done
  # The name service's modules are not linked but loaded at run time; new C libraries contain them.
  shared_libraries "$root"/usr/bin/* | while read -r path; do cp -L --parents "$path" "$root"; done
  for path in /lib/*-linux-gnu*/libnss_{dns,files}.so.2; do
    [[ ! -e $path ]] || cp -L --parents "$path" "$root"
  done
  for engine in "${@:2}"; do
    tar -C "$root" -c . | docker_of "$engine" import -c 'CMD ["/bin/bash"]' - "$1" >/dev/null || die "cannot import $1"
  done
  echo "IMAGE=$1"
}

# shared_libraries PROGRAM... : absolute paths, the dynamic loader included.
shared_libraries() {
  ldd "$@" 2>/dev/null | awk '$2 == "=>" && $3 ~ /^\// { print $3 } $1 ~ /^\// && $2 ~ /^\(/ { print $1 }' | sort -u
}

# --- autoscaler -----------------------------------------------------------------------------------------------

# autoscaler_image TAG ENGINE... : the repository's own Dockerfile, with stand-ins for the base images it names.
# The build daemon's data are kept in the cache: base images and unchanged build steps are not made again.
autoscaler_image() {
  local tag=$1 engine root dockerfile base
  root=$(cd "$here/../.." && pwd)
  dockerfile=$root/Dockerfile
  [[ -r $dockerfile ]] || die "no Dockerfile in $root"
  require dotnet images
  scratch_folder
  trap 'remove_instance builder; remove_folder "$scratch"' EXIT

  (up builder) >/dev/null

  while read -r base; do stand_in "${base%@sha256:*}"; done < <(base_images "$dockerfile")
  # A digest names the real image, which a stand-in cannot be.
  sed -E '/^[[:space:]]*FROM[[:space:]]/I s/@sha256:[0-9a-f]{64}//' "$dockerfile" >"$scratch/Dockerfile"
  say "building $tag"
  if ! docker_timeout=900 DOCKER_BUILDKIT=0 docker_of builder build --network host -t "$tag" -f "$scratch/Dockerfile" "$root" \
    >"$testbed/build.log" 2>&1; then
    tail -n 20 "$testbed/build.log" >&2
    die "the build failed ($testbed/build.log)"
  fi
  for engine in "${@:2}"; do copy_image builder "$engine" "$tag"; done
  docker_of builder image prune -f --filter until=48h >/dev/null 2>&1 || true
  echo "IMAGE=$tag"
}

# copy_image FROM TO TAG : only when the target has not got that very image yet.
copy_image() {
  local wanted present
  wanted=$(docker_of "$1" image inspect -f '{{.Id}}' "$3")
  present=$(docker_of "$2" image inspect -f '{{.Id}}' "$3" 2>/dev/null) || true
  [[ $wanted != "$present" ]] || return 0
  docker_timeout=300 docker_of "$1" save "$3" | docker_timeout=300 docker_of "$2" load >/dev/null ||
    die "cannot copy $3 to '$2'"
}

# base_images DOCKERFILE : what its FROM lines name, without its own stages and with ARG defaults filled in.
base_images() {
  awk '
    toupper($1) == "ARG" && !stages && (at = index($2, "=")) {
      value = substr($2, at + 1); gsub(/["\x27]/, "", value); arguments[substr($2, 1, at - 1)] = value
    }
    toupper($1) == "FROM" {
      word = 2
      while ($word ~ /^--/) word++
      image = $word
      for (name in arguments) gsub("[$]([{]" name "[}]|" name ")", arguments[name], image)
      if (!(image in stage) && image != "scratch") print image
      if (toupper($(word + 1)) == "AS") stage[$(word + 2)] = 1
      stages++
    }' "$1" | sort -u
}

# stand_in IMAGE : this machine's Debian and .NET under the name that the Dockerfile asks for.
stand_in() {
  local image=$1 dotnet parts key present
  dotnet=$(dirname "$(readlink -f "$(command -v dotnet)")")
  local settings=('ENV APP_UID=1654' 'ENV ASPNETCORE_HTTP_PORTS=8080' 'ENV DOTNET_RUNNING_IN_CONTAINER=true' 'CMD ["/bin/bash"]')
  case $image in
    */sdk:* | */sdk)
      parts=(.)
      settings+=('ENV DOTNET_NOLOGO=1' 'ENV DOTNET_CLI_TELEMETRY_OPTOUT=1' 'ENV DOTNET_GENERATE_ASPNET_CERTIFICATE=false')
      [[ -z ${NUGET_CERT_REVOCATION_MODE:-} ]] || settings+=("ENV NUGET_CERT_REVOCATION_MODE=$NUGET_CERT_REVOCATION_MODE")
      ;;
    */aspnet:* | */runtime:* | */aspnet | */runtime) parts=(./dotnet ./host ./shared) ;;
    *) die "no stand-in for the Dockerfile's base image '$image' (only .NET's sdk, aspnet and runtime)" ;;
  esac

  base_system
  key=$({ stat -c %Y "$base_tar"; echo "${settings[@]}"; sha256sum </etc/ssl/certs/ca-certificates.crt; ls "$dotnet"/{host/fxr,shared/*,sdk}; } |
    sha256sum | cut -c1-16)
  present=$(docker_of builder image inspect -f '{{index .Config.Labels "testbed.key"}}' "$image" 2>/dev/null) || true
  [[ $present != "$key" ]] || return 0

  say "making a stand-in for $image"
  local changes=(-c "LABEL testbed.key=$key") setting
  for setting in "${settings[@]}"; do changes+=(-c "$setting"); done
  cp "$base_tar" "$scratch/image.tar"
  mkdir -p "$scratch/extra/etc/ssl/certs" "$scratch/extra/usr/bin"
  cp -L /etc/ssl/certs/ca-certificates.crt "$scratch/extra/etc/ssl/certs/"   # with this machine's own authorities
  ln -sfn ../share/dotnet/dotnet "$scratch/extra/usr/bin/dotnet"
  tar -C "$scratch/extra" --append -f "$scratch/image.tar" --owner=0 --group=0 ./etc/ssl/certs/ca-certificates.crt ./usr/bin/dotnet
  tar -C "$dotnet" --append -f "$scratch/image.tar" --owner=0 --group=0 --transform 's,^\.,./usr/share/dotnet,S' "${parts[@]}"
  docker_timeout=300 docker_of builder import "${changes[@]}" "$scratch/image.tar" "$image" >/dev/null ||
    die "cannot import the stand-in for $image"
  rm -f "$scratch/image.tar"
}

# base_system : $base_tar, a minimal Debian with what .NET needs and the user 'app'. Made once, kept in the cache.
base_system() {
  local suite mirror libraries system=$scratch/system
  suite=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
  base_tar=$cache/base-$suite-$(dpkg --print-architecture).tar
  [[ ! -s $base_tar ]] || return 0
  exec 6>"$cache/base.lock"
  flock 6
  [[ ! -s $base_tar ]] || return 0

  require debootstrap images
  mirror=$(package_mirror "$suite")
  [[ -n $mirror ]] || { apt-get -q update >/dev/null; mirror=$(package_mirror "$suite"); }
  [[ -n $mirror ]] || die "apt's sources name no mirror for '$suite'"
  libraries=$({ apt-cache pkgnames libicu | grep -xE 'libicu[0-9]+'; apt-cache pkgnames libssl3 | grep -xE 'libssl3(t64)?'; } |
    sort -V | tail -n 2 | paste -sd,)
  say "making a base system with debootstrap (once, about half a minute)"
  debootstrap --variant=minbase --include="ca-certificates,tzdata,$libraries" "$suite" "$system" "$mirror" \
    >"$testbed/debootstrap.log" 2>&1 6>&- || die "debootstrap failed: $(tail -n 1 "$testbed/debootstrap.log") ($testbed/debootstrap.log)"
  echo 'app:x:1654:1654::/home/app:/bin/sh' >>"$system/etc/passwd"
  echo 'app:x:1654:' >>"$system/etc/group"
  mkdir -p "$system/home/app"
  chown 1654:1654 "$system/home/app"
  tar -C "$system" --exclude='./usr/share/doc/*' --exclude='./usr/share/man/*' --exclude='./usr/share/locale/*' \
    --exclude=./etc/ssl/certs/ca-certificates.crt --exclude='./dev/*' --exclude='./var/lib/apt/lists/*' --exclude='./var/cache/apt/*' -cf "$base_tar.new" .
  mv "$base_tar.new" "$base_tar"
  remove_folder "$system"
}

# package_mirror SUITE : where this machine's own packages come from.
package_mirror() {
  # shellcheck disable=SC2016  # apt fills these in
  apt-get indextargets --format '$(REPO_URI) $(CODENAME)' 'Created-By: Packages' | awk -v suite="$1" '$2 == suite { print $1; exit }'
}
