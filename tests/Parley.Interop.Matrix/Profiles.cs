using Parley.Interop.Peers;

namespace Parley.Interop.Matrix;

/// <summary>The peers in processes of their own: how each is started, and what its stack cannot do.</summary>
internal static class Profiles
{
    // Debian's own interpreter: its packages belong to it.
    private const string Python = "/usr/bin/python3";

    public static PeerProfile Firefox { get; } = new(async _ => await FirefoxLink.StartAsync(), (_, _) => null);

    public static PeerProfile Libwebrtc { get; } = new(Node("wrtc"), (_, _) => null);

    public static PeerProfile Werift { get; } = new(Node("werift"), (_, step) => step switch
    {
        Step.TrackRemovedByParley or Step.TrackRemovedByThePeer =>
            "werift 0.24 rejects a section in which nothing is sent, and then refuses the rejected section in the next offer (\"negotiate "
            + "codecs failed\")",
        _ => null,
    });

    public static PeerProfile NodeDataChannel { get; } = new(Node("ndc"), (_, step) => step switch
    {
        Step.RestartByParley => "libdatachannel 0.24 takes no new ICE credentials (\"Invalid ICE settings from remote SDP\")",
        Step.RestartByThePeer => "libdatachannel 0.24 offers no new ICE credentials",
        _ => null,
    });

    public static PeerProfile Pion { get; } = new(
        Program(PeerPrograms.PathOf("pion", "bin", "pion"), Path.Combine(Repository.Root, "media")),
        (role, step) => step switch
        {
            Step.TrackRemovedByParley => "Pion 3 answers recvonly to recvonly, which browsers refuse",
            Step.HoldByParley => "Pion 3 answers sendrecv to sendonly, which browsers refuse",
            Step.Rollback when role.PeerPolite =>
                "Pion 3 takes no offer back (\"invalid proposed signaling state transition: "
                + "have-local-offer->SetLocal(rollback)->stable\")",
            _ => null,
        });

    public static PeerProfile GStreamer { get; } = new(
        Program(Python, PeerPrograms.PathOf("gstreamer", "gstreamer_peer.py")), (role, step) => step switch
    {
        Step.HoldByParley or Step.HoldByThePeer => "webrtcbin 1.22 refuses (\"transceiver direction changes are not implemented\")",
        Step.RestartByParley => "webrtcbin 1.22 answers with the ICE credentials of before",
        Step.RestartByThePeer => "webrtcbin 1.22 has neither a property nor a signal to restart ICE",
        Step.Rollback when role.PeerPolite => "webrtcbin 1.22 says of itself that \"rollbacks are completely untested\"",
        Step.TrackAddedByThePeer or Step.TrackRemovedByThePeer or Step.Rollback when role.PeerFirst =>
            "webrtcbin 1.22, having offered first, offers the DTLS role of its last answer, which is not the one in use; Chromium cannot "
            + "answer that either (\"Offerer must use current negotiated role for setup attribute\")",
        Step.Close when !role.PeerFirst => "webrtcbin 1.22 does not tell of the other side's close",
        _ => null,
    });

    public static PeerProfile Aiortc { get; } = new(
        Program(Python, PeerPrograms.PathOf("aiortc", "aiortc_peer.py")), (role, step) => step switch
    {
        Step.RestartByParley or Step.RestartByThePeer => "aiortc 1.4 keeps its ICE credentials",
        Step.Rollback when role.PeerPolite => "aiortc 1.4 has no rollback",
        _ => null,
    });

    public static PeerProfile Janus { get; } = new(
        Program(Python, PeerPrograms.PathOf("janus", "janus_peer.py")),
        (role, step) => role.PeerFirst || step is Step.TrackAddedByThePeer or Step.TrackRemovedByThePeer or Step.HoldByThePeer
            or Step.RestartByThePeer or Step.Rollback
            ? "Janus's EchoTest sends back what it receives, and never offers"
            : null,
        Echoes: true);

    private static Func<CallRole, Task<IPeerLink>> Node(string peer) => Program("node", PeerPrograms.PathOf("node", $"{peer}.js"));

    private static Func<CallRole, Task<IPeerLink>> Program(string program, params string[] arguments) =>
        _ => Task.FromResult<IPeerLink>(ProcessLink.Start(program, arguments));
}
