using Parley.Interop.Peers;

namespace Parley.Interop.Matrix;

/// <summary>The scripted call with every foreign peer: one role in a short run, a different one for each; all four in a long run.</summary>
public sealed class MatrixTests(Browser browser, MatrixReport report)
{
    [Theory]
    [MemberData(nameof(Roles), false, true)]
    public Task Chromium(bool peerFirst, bool peerPolite) =>
        HaveAsync(peerFirst, peerPolite, new PeerProfile(async _ => await PageLink.OpenAsync(browser), (_, _) => null));

    [Theory]
    [MemberData(nameof(Roles), false, true)]
    public Task Firefox(bool peerFirst, bool peerPolite) => HaveAsync(peerFirst, peerPolite, Profiles.Firefox);

    [Theory]
    [MemberData(nameof(Roles), true, true)]
    public Task Libwebrtc(bool peerFirst, bool peerPolite) => HaveAsync(peerFirst, peerPolite, Profiles.Libwebrtc);

    [Theory]
    [MemberData(nameof(Roles), false, false)]
    public Task Pion(bool peerFirst, bool peerPolite) => HaveAsync(peerFirst, peerPolite, Profiles.Pion);

    [Theory]
    [MemberData(nameof(Roles), false, false)]
    public Task Werift(bool peerFirst, bool peerPolite) => HaveAsync(peerFirst, peerPolite, Profiles.Werift);

    [Theory]
    [MemberData(nameof(Roles), true, false)]
    public Task NodeDataChannel(bool peerFirst, bool peerPolite) => HaveAsync(peerFirst, peerPolite, Profiles.NodeDataChannel);

    [Theory]
    [MemberData(nameof(Roles), true, false)]
    public Task Aiortc(bool peerFirst, bool peerPolite) => HaveAsync(peerFirst, peerPolite, Profiles.Aiortc);

    [Theory]
    [MemberData(nameof(Roles), false, false)]
    public Task GStreamer(bool peerFirst, bool peerPolite) => HaveAsync(peerFirst, peerPolite, Profiles.GStreamer);

    [Theory]
    [MemberData(nameof(Roles), false, false)]
    public Task Janus(bool peerFirst, bool peerPolite) => HaveAsync(peerFirst, peerPolite, Profiles.Janus);

    /// <summary>The role named in a short run; all in a long one.</summary>
    public static TheoryData<bool, bool> Roles(bool peerFirst, bool peerPolite)
    {
        var data = new TheoryData<bool, bool>();
        foreach (CallRole role in CallRole.All)
        {
            if (Environment.GetEnvironmentVariable("PARLEY_LONG") == "1" || role == new CallRole(peerFirst, peerPolite))
            {
                data.Add(role.PeerFirst, role.PeerPolite);
            }
        }

        return data;
    }

    private Task HaveAsync(bool peerFirst, bool peerPolite, PeerProfile profile) =>
        ScriptedCall.HaveAsync(profile, new CallRole(peerFirst, peerPolite), report);
}
