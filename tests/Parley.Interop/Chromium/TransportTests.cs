using Parley.Dtls;
using Parley.Interop.Conversations;
using Parley.Interop.Peers;

namespace Parley.Interop.Chromium;

/// <summary>How a bare connection to Chromium comes about, is restarted and ends.</summary>
public sealed class TransportTests(Browser browser, InteropReport report)
{
    private string Peer => $"Chromium {browser.Version}";

    [Theory]
    [InlineData(true, "max-bundle", BundlePolicy.Balanced)]
    [InlineData(false, "max-bundle", BundlePolicy.MaxCompat)]
    [InlineData(true, "max-compat", BundlePolicy.MaxBundle)]
    [InlineData(true, "balanced", BundlePolicy.MaxCompat)]
    [InlineData(false, "max-compat", BundlePolicy.MaxCompat)]
    [InlineData(false, "balanced", BundlePolicy.MaxBundle)]
    public async Task BundlePolicy_OnEitherSide_MediaOverOneTransport(bool chromiumOffers, string theirs, BundlePolicy ours)
    {
        await using Conversation talk = await Conversation.BeginAsync(
            browser, chromiumOffers, new PeerConnectionConfiguration { BundlePolicy = ours }, $"{{ bundlePolicy: '{theirs}' }}");
        await talk.CallAsync("audio", "video");
        Assert.Single(talk.Net.Connection.GetTransceivers().Select(t => t.Sender.Transport).Distinct());
        Assert.Equal(1, await talk.Chromium.ReadAsync<int>("new Set(pc.getSenders().map((s) => s.transport)).size"));
        await talk.ExpectNoErrorsAsync();
        report.Add(
            Peer,
            $"bundle policies {theirs} there and {ours} here, {Who(chromiumOffers)} offers",
            "sound and pictures both ways over one transport");
    }

    [Fact]
    public async Task Offer_WithoutBundleGroup_EachSectionHasItsTransport()
    {
        await using Conversation talk = await Conversation.BeginAsync(browser, chromiumOffers: true);
        await talk.Chromium.AddTrackAsync("audio");
        await talk.Chromium.AddTrackAsync("video");
        SessionDescription offer = await talk.Chromium.OfferAsync();
        await talk.Net.TakeAsync(
            offer with
            {
                Sdp = string.Join(
                    "\r\n", offer.Sdp.Split("\r\n").Where(line => !line.StartsWith("a=group:BUNDLE", StringComparison.Ordinal))),
            });
        await talk.Net.AddTrackAsync("audio");
        await talk.Net.AddTrackAsync("video");
        SessionDescription answer = await talk.Net.AnswerAsync();
        Assert.DoesNotContain("a=group:BUNDLE", answer.Sdp);
        await talk.Chromium.TakeAsync(answer);
        await talk.ExpectConnectedAsync();
        await Task.WhenAll(talk.ExpectPacketsBothWaysAsync("0"), talk.ExpectPacketsBothWaysAsync("1"));
        Assert.Equal(2, talk.Net.Connection.GetTransceivers().Select(t => t.Sender.Transport).Distinct().Count());
        await talk.ExpectNoErrorsAsync();
        report.Add(Peer, "an offer of Chromium without a BUNDLE group", "sound and pictures both ways over two transports");
    }

    [Theory]
    [InlineData(true, true, true)]
    [InlineData(true, false, true)]
    [InlineData(false, true, true)]
    [InlineData(false, true, false)]
    public async Task Candidates_AllAtOnceOnEitherSide_Connects(bool chromiumOffers, bool chromiumAtOnce, bool netAtOnce)
    {
        await using Conversation talk = await Conversation.BeginAsync(
            browser, chromiumOffers, chromiumAllAtOnce: chromiumAtOnce, netAllAtOnce: netAtOnce);
        await talk.CallAsync("audio");
        await talk.ExpectNoErrorsAsync();
        report.Add(
            Peer,
            $"candidates {(chromiumAtOnce ? "all at once" : "trickled")} by Chromium, {(netAtOnce ? "all at once" : "trickled")} by "
            + $"Parley, {Who(chromiumOffers)} offers",
            "connected; sound both ways");
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, false)]
    [InlineData(true, true)]
    [InlineData(false, true)]
    public async Task RestartIce_ThreeTimesFromBothSides_NewCredentialsEachTime(bool chromiumOffers, bool deadServer)
    {
        var configuration = new PeerConnectionConfiguration
        {
            IceServers = deadServer ? [new IceServer("turn:127.0.0.1:9") { Username = "u", Credential = "p" }] : [],
        };
        await using Conversation talk = await Conversation.BeginAsync(browser, chromiumOffers, configuration);
        await talk.CallAsync("audio");
        string loss = "";
        for (int round = 0; round < 3; round++)
        {
            (string here, string there) = (await talk.Net.UfragAsync(), await talk.Chromium.UfragAsync());
            await (round == 1 ? talk.Answerer : talk.Offerer).RestartIceAsync();
            await (round == 1 ? talk.NegotiateBackAsync() : talk.NegotiateAsync());
            Assert.NotEqual(here, await talk.Net.UfragAsync());
            Assert.NotEqual(there, await talk.Chromium.UfragAsync());
            string inUse = await talk.Net.UfragAsync();
            await talk.Chromium.WaitAsync(
                "(await stats()).some((t, i, all) => t.type === 'transport' && all.find((c) => c.id === all.find((p) => p.id === "
                + $"t.selectedCandidatePairId)?.remoteCandidateId)?.usernameFragment === '{inUse}')");
            await talk.ExpectConnectedAsync();
            await talk.ExpectPacketsBothWaysAsync("0");
            loss = Loss.ExpectNone(await talk.Net.PacketsLostAsync(), $"round {round}\n{talk.Net}\n{await talk.Chromium.StandingAsync()}");
        }

        await talk.ExpectNoErrorsAsync();
        report.Add(
            Peer,
            $"ICE restarted three times, {Who(chromiumOffers)} first{(deadServer ? ", with a server that cannot be used" : "")}",
            $"new credentials in use each time; of the packets of sound {loss}");
    }

    [Theory]
    [InlineData(DtlsKeyAlgorithm.EcdsaP256, "ECDSA", true)]
    [InlineData(DtlsKeyAlgorithm.Rsa2048, "ECDSA", false)]
    [InlineData(DtlsKeyAlgorithm.Rsa2048, "RSA", true)]
    [InlineData(DtlsKeyAlgorithm.EcdsaP256, "RSA", false)]
    public async Task Certificates_FromPemHereAndGeneratedThere_Connect(DtlsKeyAlgorithm ours, string theirs, bool chromiumOffers)
    {
        using DtlsCertificate made = DtlsCertificate.Create(new DtlsCertificateOptions { KeyAlgorithm = ours });
        using DtlsCertificate certificate = DtlsCertificate.FromPem(made.ToPem());
        string algorithm = theirs == "RSA"
            ? "{ name: 'RSASSA-PKCS1-v1_5', modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]), hash: 'SHA-256' }"
            : "{ name: 'ECDSA', namedCurve: 'P-256' }";
        await using Conversation talk = await Conversation.BeginAsync(
            browser,
            chromiumOffers,
            new PeerConnectionConfiguration { Certificates = [certificate] },
            $"{{ certificates: [await RTCPeerConnection.generateCertificate({algorithm})] }}");
        await talk.CallAsync("audio");
        Assert.Contains(
            $"a=fingerprint:{made.Fingerprints[0]}", talk.Net.Connection.CurrentLocalDescription!.Sdp, StringComparison.OrdinalIgnoreCase);
        await talk.ExpectNoErrorsAsync();
        report.Add(
            Peer,
            $"certificates: {ours} from PEM here, {theirs} there, {Who(chromiumOffers)} offers",
            "connected with the certificate of the PEM; sound both ways");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Close_ByEitherSide_IsHeardByTheOther(bool byChromium)
    {
        await using Conversation talk = await Conversation.BeginAsync(browser, byChromium);
        await talk.CallAsync("audio");
        await talk.Offerer.CloseAsync();
        if (byChromium)
        {
            await talk.Net.WaitAsync(() => talk.Net.At("0").Sender.Transport!.State == DtlsTransportState.Closed, "DTLS closed");
        }
        else
        {
            await talk.Chromium.WaitAsync("at(0).sender.transport.state === 'closed'");
        }

        report.Add(Peer, $"close by {Who(byChromium)}", "the other's DTLS transport is closed");
    }

    private static string Who(bool chromium) => chromium ? "Chromium" : "Parley";
}
