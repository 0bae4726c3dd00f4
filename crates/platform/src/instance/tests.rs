//! The channel, tried with several starts at once.

use super::*;
use std::sync::Mutex;
use std::thread;

const PATIENCE: Duration = Duration::from_secs(10);

struct TestProfile {
    profile: Profile,
    _temp: tempfile::TempDir,
}

impl TestProfile {
    fn new() -> Self {
        let temp = tempfile::tempdir().unwrap();
        Self { profile: Profile::open(Some(temp.path())).unwrap(), _temp: temp }
    }

    fn claim(&self) -> Listener {
        match InstanceChannel::claim(&self.profile).unwrap() {
            Claim::First(listener) => listener,
            Claim::Running => panic!("another instance runs"),
        }
    }

    fn hand_over(&self, message: &str) -> Result<(), ChannelError> {
        hand_over(&self.profile, message, PATIENCE)
    }
}

impl Drop for TestProfile {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.profile.runtime_dir).ok();
    }
}

type Messages = Arc<Mutex<Vec<String>>>;

/// An instance in a runtime of its own, which ends with it.
struct Running {
    taken: Messages,
    _runtime: tokio::runtime::Runtime,
}

fn serve(listener: Listener) -> Running {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let taken = Messages::default();
    let kept = Arc::clone(&taken);
    runtime.spawn(listener.serve(move |message| {
        let kept = Arc::clone(&kept);
        async move {
            let wanted = message != "unwanted";
            kept.lock().unwrap().push(message);
            wanted
        }
    }));
    Running { taken, _runtime: runtime }
}

/// On Windows the channel opens a moment after the claim.
fn wait_until_open(profile: &TestProfile) {
    let deadline = Instant::now() + PATIENCE;
    while matches!(profile.hand_over("ready?"), Err(ChannelError::NotRunning)) {
        assert!(Instant::now() < deadline, "the channel did not open");
        thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn second_launch_hands_its_link_to_the_first() {
    let test = TestProfile::new();
    let running = serve(test.claim());
    wait_until_open(&test);
    assert!(matches!(InstanceChannel::claim(&test.profile).unwrap(), Claim::Running));
    test.hand_over("casebridge://session-key?case=00001026").unwrap();
    let taken = running.taken.lock().unwrap();
    assert_eq!(taken.last().unwrap(), "casebridge://session-key?case=00001026");
}

#[test]
fn a_link_that_the_first_refuses_is_reported_to_the_second() {
    let test = TestProfile::new();
    let _running = serve(test.claim());
    wait_until_open(&test);
    assert!(matches!(test.hand_over("unwanted"), Err(ChannelError::Refused)));
}

#[test]
fn with_nobody_running_a_link_is_not_handed_over() {
    let test = TestProfile::new();
    assert!(matches!(test.hand_over("link"), Err(ChannelError::NotRunning)));
    drop(test.claim());
    assert!(matches!(test.hand_over("link"), Err(ChannelError::NotRunning)), "a stale channel");
}

#[test]
fn the_channel_is_free_again_when_its_holder_is_gone() {
    let test = TestProfile::new();
    drop(serve(test.claim()));
    let running = serve(test.claim());
    wait_until_open(&test);
    test.hand_over("link").unwrap();
    assert_eq!(running.taken.lock().unwrap().last().unwrap(), "link");
}

#[test]
fn two_profiles_do_not_meet() {
    let (one, two) = (TestProfile::new(), TestProfile::new());
    let _running = serve(one.claim());
    wait_until_open(&one);
    assert!(matches!(two.hand_over("link"), Err(ChannelError::NotRunning)));
    drop(two.claim());
}

#[test]
fn ten_starts_at_once_make_one_instance_and_lose_no_link() {
    for _ in 0..10 {
        let test = TestProfile::new();
        let links: Vec<String> = (0..10).map(|n| format!("casebridge://link/{n}")).collect();
        let gate = std::sync::Barrier::new(links.len());
        let first = Mutex::new(None);
        thread::scope(|scope| {
            for link in &links {
                let (test, gate, first) = (&test, &gate, &first);
                scope.spawn(move || {
                    gate.wait();
                    match InstanceChannel::start(&test.profile, link, PATIENCE).unwrap() {
                        Start::HandedOver => {}
                        Start::First(listener) => {
                            let before = first.lock().unwrap().replace((link, serve(listener)));
                            assert!(before.is_none(), "two instances");
                        }
                    }
                });
            }
        });
        let (own, running) = first.into_inner().unwrap().unwrap();
        let mut all = running.taken.lock().unwrap().clone();
        all.push(own.clone());
        all.sort();
        assert_eq!(all, links);
    }
}

#[test]
fn a_first_that_ends_in_the_midst_leaves_its_place_to_the_next() {
    let test = TestProfile::new();
    let listener = test.claim();
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let (took, taken) = std::sync::mpsc::channel();
    runtime.spawn(listener.serve(move |_| {
        took.send(()).unwrap();
        std::future::pending()
    }));
    let profile = test.profile.clone();
    let second = thread::spawn(move || InstanceChannel::start(&profile, "link", PATIENCE));
    taken.recv().unwrap();
    runtime.shutdown_background();
    assert!(matches!(second.join().unwrap(), Ok(Start::First(_))));
}

#[test]
fn s16_a_message_that_is_too_long_or_no_line_is_not_sent() {
    let test = TestProfile::new();
    for bad in ["", "two\nlines", "a\0b", &"a".repeat(LONGEST_MESSAGE + 1)] {
        assert!(matches!(test.hand_over(bad), Err(ChannelError::MessageInvalid)));
    }
}

#[test]
fn s16_the_longest_message_arrives() {
    let test = TestProfile::new();
    let running = serve(test.claim());
    wait_until_open(&test);
    let longest = "a".repeat(LONGEST_MESSAGE);
    test.hand_over(&longest).unwrap();
    assert_eq!(running.taken.lock().unwrap().last().unwrap(), &longest);
}

#[cfg(unix)]
mod unix {
    use super::*;
    use crate::environment::Environment;
    use std::os::unix::fs::{MetadataExt, PermissionsExt};
    use std::os::unix::net::UnixStream;
    use std::path::PathBuf;

    impl TestProfile {
        fn socket(&self) -> PathBuf {
            self.profile.runtime_dir.join("instance.sock")
        }

        fn raw(&self, bytes: &[u8]) -> Vec<u8> {
            let mut stream = UnixStream::connect(self.socket()).unwrap();
            stream.set_read_timeout(Some(PATIENCE)).unwrap();
            stream.write_all(bytes).unwrap();
            let mut answer = Vec::new();
            stream.read_to_end(&mut answer).ok();
            answer
        }
    }

    #[test]
    fn s16_a_sender_that_ignores_the_rules_is_refused() {
        let test = TestProfile::new();
        let running = serve(test.claim());
        let long = [b"a".repeat(LONGEST_MESSAGE + 1), b"\n".to_vec()].concat();
        for bad in [&b"\n"[..], b"two\nlines\n", b"\xff\xfe\n", b"\x1b[2J\n", &long] {
            assert_ne!(test.raw(bad), ACCEPTED);
        }
        assert_eq!(test.raw(b"link\n"), ACCEPTED);
        assert_eq!(*running.taken.lock().unwrap(), ["link"]);
    }

    #[test]
    fn s16_a_held_connection_delays_no_link_and_is_dropped() {
        let test = TestProfile::new();
        let _running = serve(test.claim());
        let mut held: Vec<_> =
            (0..20).map(|_| UnixStream::connect(test.socket()).unwrap()).collect();
        held[0].write_all(b"half a li").unwrap();
        let before = Instant::now();
        test.hand_over("link").unwrap();
        assert!(before.elapsed() < CONNECTION_LIMIT / 2, "{:?}", before.elapsed());
        for stream in &mut held {
            stream.set_read_timeout(Some(PATIENCE)).unwrap();
            let end = stream.read(&mut [0]);
            let is_late = end.as_ref().is_err_and(|e| e.kind() == io::ErrorKind::WouldBlock);
            assert!(!is_late && end.unwrap_or(0) == 0, "closed after the time limit");
        }
    }

    #[test]
    fn s16_an_instance_that_does_not_answer_is_given_up() {
        let test = TestProfile::new();
        let _listener = test.claim();
        let patience = Duration::from_millis(100);
        let result = hand_over(&test.profile, "link", patience);
        assert!(matches!(result, Err(ChannelError::TimedOut)), "{result:?}");
    }

    /// Root tries it as another user; anybody else can only look at the modes that decide it.
    #[test]
    fn s16_another_user_cannot_reach_the_channel() {
        let test = TestProfile::new();
        let running = serve(test.claim());
        let folder = std::fs::metadata(&test.profile.runtime_dir).unwrap();
        let socket = std::fs::symlink_metadata(test.socket()).unwrap();
        let me = rustix::process::geteuid().as_raw();
        assert_eq!((folder.uid(), folder.mode() & 0o777), (me, 0o700));
        assert_eq!((socket.uid(), socket.mode() & 0o777), (me, 0o600));
        if me == 0 {
            assert!(answers(&test, me), "the probe itself works");
            assert!(!answers(&test, NOBODY), "the folder's mode has to keep it out");
            open_to_all(&test);
            assert!(!answers(&test, NOBODY), "its user id has to keep it out");
            close_again(&test);
        }
        test.hand_over("link").unwrap();
        assert!(running.taken.lock().unwrap().iter().all(|message| message != "foreign"));
    }

    const SOCKET_TO_TRY: &str = "CASEBRIDGE_TEST_SOCKET";
    const NOBODY: u32 = 65534;

    fn message() -> &'static str {
        match rustix::process::geteuid().as_raw() {
            NOBODY => "foreign\n",
            _ => "own\n",
        }
    }

    /// Runs the probe below as this user; it succeeds when it was answered.
    fn answers(test: &TestProfile, uid: u32) -> bool {
        use std::os::unix::process::CommandExt;
        // The test program itself may lie where other users cannot read.
        let temp = tempfile::tempdir().unwrap();
        set_mode(temp.path(), 0o755);
        let probe = temp.path().join("probe");
        std::fs::copy(std::env::current_exe().unwrap(), &probe).unwrap();
        let status = std::process::Command::new(&probe)
            .args(["--exact", "instance::tests::unix::probe"])
            .env(SOCKET_TO_TRY, test.socket())
            .current_dir("/")
            .uid(uid)
            .gid(uid)
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .status()
            .unwrap();
        status.success()
    }

    /// Nothing by itself; the test above starts it as another user, to see whether it is answered.
    #[test]
    fn probe() {
        let Some(socket) = Environment::current().path(SOCKET_TO_TRY) else { return };
        let mut stream = UnixStream::connect(socket).expect("to connect");
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.write_all(message().as_bytes()).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        assert_eq!(answer, ACCEPTED);
    }

    fn set_mode(path: &std::path::Path, mode: u32) {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    }

    /// The run-time folder may lie below the profile's other folders.
    fn open_to_all(test: &TestProfile) {
        let profile = &test.profile;
        for dir in [&profile.config_dir, &profile.data_dir, &profile.runtime_dir] {
            set_mode(dir, 0o755);
        }
        set_mode(&test.socket(), 0o666);
    }

    fn close_again(test: &TestProfile) {
        set_mode(&test.profile.runtime_dir, 0o700);
        set_mode(&test.socket(), 0o600);
    }
}
