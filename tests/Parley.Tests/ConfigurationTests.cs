using Parley.Dtls;
using Parley.Media;

namespace Parley.Tests;

public class ConfigurationTests
{
    [Theory]
    [InlineData("")]
    [InlineData("stun.example.org")]
    [InlineData("http://example.org")]
    [InlineData("stun:")]
    [InlineData("stun:host:port")]
    [InlineData("stun:host:99999")]
    [InlineData("stun:host?transport=udp")]
    [InlineData("turn:host?transport=sctp")]
    [InlineData("stun://host")]
    public void Servers_MalformedUrl_AreASyntaxError(string url) =>
        Refused.With(RtcErrorNames.SyntaxError, () =>
            new PeerConnection(new PeerConnectionConfiguration { IceServers = [new IceServer(url) { Username = "u", Credential = "c" }] }));

    [Theory]
    [InlineData("stun:host")]
    [InlineData("stuns:host:5349")]
    [InlineData("stun:[2001:db8::1]:3478")]
    [InlineData("turn:host?transport=tcp")]
    [InlineData("turns:192.0.2.1:443?transport=udp")]
    public void Servers_WellFormedUrl_AreTaken(string url)
    {
        using var scope =
            new ConnectionScope(new PeerConnectionConfiguration { IceServers = [new IceServer(url) { Username = "u", Credential = "c" }] });
    }

    [Fact]
    public void Servers_NoUrl_AreASyntaxError() =>
        Refused.With(
            RtcErrorNames.SyntaxError, () => new PeerConnection(new PeerConnectionConfiguration { IceServers = [new IceServer()] }));

    [Fact]
    public void Servers_TurnWithoutCredentials_AreAnInvalidAccessError() =>
        Refused.With(RtcErrorNames.InvalidAccessError, () =>
            new PeerConnection(new PeerConnectionConfiguration { IceServers = [new IceServer("turn:host")] }));

    [Fact]
    public void SetConfiguration_WhatCannotChange_IsRefused()
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            var present = pair.Alice.GetConfiguration();
            Refused.With(RtcErrorNames.InvalidModificationError, () =>
                pair.Alice.SetConfiguration(present with { BundlePolicy = BundlePolicy.MaxBundle }));
            Refused.With(RtcErrorNames.InvalidModificationError, () =>
                pair.Alice.SetConfiguration(present with { Certificates = [TestCertificates.Bob] }));
            Refused.With(
                RtcErrorNames.SyntaxError, () => pair.Alice.SetConfiguration(present with { IceServers = [new IceServer("nonsense")] }));
            Assert.Equal(present, pair.Alice.GetConfiguration());
            pair.Alice.SetConfiguration(present with { IceTransportPolicy = IceTransportPolicy.Relay, IceCandidatePoolSize = 3 });
            Assert.Equal(IceTransportPolicy.Relay, pair.Alice.GetConfiguration().IceTransportPolicy);
            pair.Alice.AddTransceiver(MediaKind.Audio);
            await pair.Alice.SetLocalDescriptionAsync();
            Refused.With(RtcErrorNames.InvalidModificationError, () => pair.Alice.SetConfiguration(present));
        });
    }

    [Fact]
    public void Constructor_ExpiredCertificate_IsRefused()
    {
        var expired = DtlsCertificate.Create(new DtlsCertificateOptions { Lifetime = TimeSpan.FromDays(30) });
        var simulator = new Parley.Simulation.Simulator(1);
        var host = simulator.AddHost("late");
        simulator.RunFor(expired.Expires - simulator.TimeProvider.GetUtcNow() + TimeSpan.FromDays(1));
        Refused.With(RtcErrorNames.InvalidAccessError, () =>
            new PeerConnection(new PeerConnectionConfiguration { Certificates = [expired] }, host.Platform));
    }

    private sealed class ConnectionScope(PeerConnectionConfiguration configuration) : IDisposable
    {
        private readonly PeerConnection _connection = new(configuration);

        public void Dispose() => _connection.Close();
    }
}
