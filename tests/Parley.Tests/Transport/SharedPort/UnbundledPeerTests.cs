using System.Text.RegularExpressions;
using Parley.Media;
using Parley.Simulation;

namespace Parley.Tests.Transport.SharedPort;

/// <summary>A peer that does not bundle, and a connection on a shared port: one username fragment names one transport there.</summary>
public class UnbundledPeerTests
{
    private readonly Simulator _simulator = new(1);
    private readonly ErrorCollector _log = new();

    [Fact]
    public void Answer_WithoutBundle_RejectsAllSectionsButTheFirst() => Run(async (server, client, port) =>
    {
        var sound = server.AddTransceiver(MediaKind.Audio);
        var picture = server.AddTransceiver(MediaKind.Video);
        var channel = server.CreateDataChannel("d");
        await server.SetLocalDescriptionAsync();
        await client.SetRemoteDescriptionAsync(WithoutGroup(server.LocalDescription!));
        await client.SetLocalDescriptionAsync();
        await server.SetRemoteDescriptionAsync(client.LocalDescription!);
        await Pair.UntilAsync(server, () => server.ConnectionState == PeerConnectionState.Connected);
        Assert.Equal(1, port.Transports);
        Assert.Equal(RtpTransceiverDirection.SendRecv, sound.Direction);
        Assert.Equal(RtpTransceiverDirection.Stopped, picture.CurrentDirection);
        Assert.Equal(DataChannelState.Closed, channel.ReadyState);

        // The peer learns of it with the next offer.
        await Pair.NegotiateAsync(server, client);
        Assert.Contains("m=video 0 ", server.LocalDescription!.Sdp);
        Assert.Equal(PeerConnectionState.Connected, server.ConnectionState);
    });

    [Fact]
    public void Offer_WithoutBundle_IsAnsweredWithTheFirstSectionAlone() => Run(async (server, client, port) =>
    {
        client.AddTransceiver(MediaKind.Audio);
        client.AddTransceiver(MediaKind.Video);
        client.CreateDataChannel("d");
        await client.SetLocalDescriptionAsync();
        await server.SetRemoteDescriptionAsync(WithoutGroup(client.LocalDescription!));
        await server.SetLocalDescriptionAsync();
        Assert.Equal(
            ["9", "0", "0"],
            Regex.Matches(server.LocalDescription!.Sdp, "m=[a-z]+ ([0-9]+) ").Select(match => match.Groups[1].Value == "0" ? "0" : "9"));
        await client.SetRemoteDescriptionAsync(server.LocalDescription!);
        await Pair.UntilAsync(server, () => server.ConnectionState == PeerConnectionState.Connected);
        Assert.Equal(1, port.Transports);
    });

    private void Run(Func<PeerConnection, PeerConnection, SharedUdpPort, Task> test)
    {
        var server = _simulator.AddHost("server", "10.0.0.1");
        var client = _simulator.AddHost("client", "10.0.0.2");
        using var port = new SharedUdpPort(new SharedUdpPortOptions { Port = 4000 }, server.Platform);
        _simulator.Run(
            async () =>
            {
                await using var a = new PeerConnection(
                    new PeerConnectionConfiguration { Certificates = [TestCertificates.Alice], SharedPort = port }, server.Platform, _log);
                await using var b = new PeerConnection(
                    new PeerConnectionConfiguration { Certificates = [TestCertificates.Bob], BundlePolicy = BundlePolicy.MaxCompat },
                    client.Platform,
                    _log);
                Pair.Trickle(a, b);
                Pair.Trickle(b, a);
                await test(a, b, port);
            },
            TimeSpan.FromMinutes(1));
        Assert.Empty(_log.Errors);
    }

    private static SessionDescription WithoutGroup(SessionDescription description) =>
        description with { Sdp = Regex.Replace(description.Sdp, "a=group:BUNDLE.*\r\n", "") };
}
