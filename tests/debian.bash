# shellcheck shell=bash
# Packages of any of Debian's suites, without touching the system's apt: for the scripts that fetch kernels and Go.
keyring=/usr/share/keyrings/debian-archive-keyring.gpg

has_keyring() {
	[[ -r $keyring ]] && return
	echo "$keyring is missing (package debian-archive-keyring)" >&2
	return 1
}

# What apt itself reads out of sources.list, *.list and *.sources; the address
# is kept as it is (a mirror list too), only the suite is replaced.
archive() {
	if [[ -n ${THREADSCOPE_DEBIAN_ARCHIVE:-} ]]; then
		printf '%s\n' "$THREADSCOPE_DEBIAN_ARCHIVE"
		return
	fi
	# shellcheck disable=SC2016 # the names are apt's, not the shell's
	apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' |
		awk '$3 == "main" && $1 !~ /^cdrom:/ && $2 ~ /^((old){0,2}stable|testing|unstable|sid|bullseye|bookworm|trixie|forky|duke)(-updates|-backports)?$/ { print $1; exit }'
}

# The hooks are cleared because some systems' empty the real package cache.
# Unsandboxed because _apt cannot enter the private directory; nothing is
# installed, and the signature is what the download is trusted by.
make_apt() { # DIRECTORY SUITE ARCHIVE [ARCHITECTURE]
	local arch=${4:-amd64}
	mkdir -p "$1"/{lists/partial,cache/archives/partial,none}
	: >"$1/status"
	printf 'deb [arch=%s signed-by=%s] %s %s main\n' "$arch" "$keyring" "$3" "$2" >"$1/sources.list"
	cat >"$1/apt.conf" <<-CONF
		Dir::State "$1";
		Dir::State::status "$1/status";
		Dir::Cache "$1/cache";
		Dir::Etc::sourcelist "$1/sources.list";
		Dir::Etc::sourceparts "$1/none";
		Dir::Etc::preferences "$1/none/preferences";
		Dir::Etc::preferencesparts "$1/none";
		APT::Architecture "$arch";
		#clear APT::Architectures;
		APT::Architectures { "$arch"; };
		APT::Sandbox::User "root";
		#clear APT::Update::Post-Invoke;
		#clear APT::Update::Post-Invoke-Success;
		APT::Update::Error-Mode "any";
		Acquire::Languages "none";
		Acquire::Retries "1";
		Acquire::http::Timeout "20";
		Acquire::https::Timeout "20";
	CONF
}

candidate_version() { # DIRECTORY PACKAGE
	apt-cache -c "$1/apt.conf" policy "$2" | awk '$1 == "Candidate:" && $2 != "(none)" { print $2 }'
}

complaint() { # LOG
	sed -n 's/^E: //p' "$1" | head -n 1
}
