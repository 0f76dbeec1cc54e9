namespace Parley.Sdp.Tests;

public sealed class CorpusTests
{
    public static TheoryData<string> All => Descriptions.All;

    [Fact]
    public void Corpus_IsThere() => Assert.True(Descriptions.Names.Count() >= 20);

    [Theory]
    [MemberData(nameof(All))]
    public void Description_ParsedAndWritten_IsByteIdentical(string name) =>
        Assert.Equal(Descriptions.Text(name), Descriptions.Read(name).ToString());

    [Theory]
    [MemberData(nameof(All))]
    public void Description_Checked_HasNoError(string name) => Assert.Empty(SdpValidation.Check(Descriptions.Read(name)));

    [Theory]
    [MemberData(nameof(All))]
    public void Description_LfWithoutFinalNewline_ReadsTheSame(string name)
    {
        string text = Descriptions.Text(name);
        Assert.Equal(text, SdpDocument.Parse(text.Replace("\r\n", "\n").TrimEnd('\n')).ToString());
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Description_EveryTypedViewWrittenBack_IsByteIdentical(string name)
    {
        // A view's line-by-line text must be the one it read: compare each attribute on its own.
        var document = Descriptions.Read(name);
        foreach (var media in document.Media)
        {
            Assert.Equal(media.Values("rtpmap"), media.RtpMaps.Select(value => value.ToString()));
            Assert.Equal(media.Values("fmtp"), media.FormatParameters.Select(value => value.ToString()));
            Assert.Equal(media.Values("rtcp-fb"), media.RtcpFeedback.Select(value => value.ToString()));
            Assert.Equal(media.Values("extmap"), media.ExtMaps.Select(value => value.ToString()));
            Assert.Equal(media.Values("candidate"), media.Candidates.Select(value => value.ToString()["candidate:".Length..]));
            Assert.Equal(media.Values("ssrc"), media.Ssrcs.Select(value => value.ToString()));
            Assert.Equal(media.Values("ssrc-group"), media.SsrcGroups.Select(value => value.ToString()));
            Assert.Equal(media.Values("msid"), media.MediaStreamIds.Select(value => value.ToString()));
            Assert.Equal(media.Values("rid"), media.Rids.Select(value => value.ToString()));
            Assert.Equal(media.Values("fingerprint"), media.Fingerprints.Select(value => value.ToString()));
            Assert.Equal(media.Value("simulcast"), media.Simulcast?.ToString());
            Assert.Equal(media.Value("rtcp"), media.Rtcp?.ToString());
        }

        Assert.Equal(document.Values("group"), document.Groups.Select(value => value.ToString()));
    }

    [Fact]
    public void ChromiumOffer_Read_HasItsSections()
    {
        var offer = Descriptions.Read("chromium-offer-audio-video-data");
        Assert.Equal(["audio", "video", "application"], offer.Media.Select(media => media.Kind));
        Assert.Equal(["0", "1", "2"], Assert.Single(offer.BundleGroups));
        Assert.True(offer.ExtMapAllowMixed);
        Assert.StartsWith("WMS ", offer.MsidSemantic);
        var audio = offer.Media[0];
        Assert.Equal("0", audio.Mid);
        Assert.True(audio.RtcpMux && audio.RtcpReducedSize && !audio.IsRejected && !audio.BundleOnly);
        Assert.Equal(SetupRole.ActPass, offer.SetupOf(audio));
        Assert.Equal("sha-256", Assert.Single(offer.FingerprintsOf(audio)).HashFunction);
        Assert.Equal(new RtpMap(111, "opus", 48_000, 2), audio.RtpMaps[0]);
        Assert.Single(audio.SsrcDescriptions);
        Assert.Equal(audio.MediaStreamIds[0], audio.SsrcDescriptions[0].MediaStreamId);
        Assert.Contains(audio.Candidates, candidate => candidate.TcpType == "active" && candidate.Extension("network-id") is not null);
        Assert.Equal("FID", Assert.Single(offer.Media[1].SsrcGroups).Semantics);
        Assert.Equal(5_000, offer.Media[2].SctpPort);
        Assert.Equal(262_144, offer.Media[2].MaxMessageSize);
        Assert.Empty(SdpValidation.Check(offer, (SdpRequirements)15));
    }

    [Fact]
    public void ChromiumOffer_Simulcast_HasThreeStreams()
    {
        var video = Descriptions.Read("chromium-offer-simulcast").Media[0];
        Assert.Equal(["q", "h", "f"], video.Rids.Select(rid => rid.Id));
        Assert.Equal(["q", "h", "f"], video.Simulcast!.Send.Select(stream => stream[0].Rid));
        Assert.Empty(video.Simulcast.Receive);
    }

    [Fact]
    public void ChromiumOffer_StoppedVideo_IsRejectedSection()
    {
        var offer = Descriptions.Read("chromium-offer-stopped-video");
        Assert.Equal([false, true, false], offer.Media.Select(media => media.IsRejected));
        Assert.Equal(["0", "2"], offer.BundleGroups[0]);
    }

    [Fact]
    public void ChromiumOffer_TrackWithoutStream_HasDash() =>
        Assert.Equal("-", Descriptions.Read("chromium-offer-max-bundle-no-stream").Media[0].MediaStreamIds[0].StreamId);

    [Fact]
    public void PortZero_WithBundleOnly_IsNotRejected()
    {
        var media = new MediaDescription("video", 0, "UDP/TLS/RTP/SAVPF", "96");
        Assert.True(media.IsRejected);
        media.BundleOnly = true;
        Assert.False(media.IsRejected);
    }

    [Fact]
    public void ChromiumHold_OfferAndAnswer_HaveReversedDirections()
    {
        Assert.Equal(MediaDirection.SendOnly, Descriptions.Read("chromium-offer-hold").Media[0].Direction);
        Assert.Equal(MediaDirection.RecvOnly, Descriptions.Read("chromium-answer-hold").Media[0].Direction);
    }

    [Fact]
    public void ChromiumRestart_Offer_HasOtherCredentials()
    {
        string? before = Descriptions.Read("chromium-offer-audio-video-data").Media[0].IceUfrag;
        Assert.NotEqual(before, Descriptions.Read("chromium-offer-ice-restart").Media[0].IceUfrag);
    }

    [Fact]
    public void OldPeer_WithoutBundle_FallsBackToSessionLevel()
    {
        var old = Descriptions.Read("handwritten-old-peer-without-bundle");
        var audio = old.Media[0];
        Assert.Empty(old.BundleGroups);
        Assert.True(old.IceLite);
        Assert.Equal("F7gI", old.IceUfragOf(audio));
        Assert.Equal("x9cml/YzichV2+XlhiMu8g", old.IcePwdOf(audio));
        Assert.Equal(20, Assert.Single(old.FingerprintsOf(audio)).Bytes.Length);
        Assert.Equal(SetupRole.Passive, old.SetupOf(audio));
        Assert.Equal("127.0.0.1", old.ConnectionOf(audio)!.Address);
        Assert.Equal(54_401, audio.Rtcp!.Port);
        Assert.Equal((20, 60), (audio.PacketTime, audio.MaximumPacketTime));
        Assert.Equal(["PCMU", "opus"], CodecDescription.ReadFrom(audio).Select(codec => codec.Name));
        Assert.Equal(5_000, old.Media[1].SctpPort);
        Assert.Equal("kept  verbatim ", old.Media[1].Value("x-unknown"));
    }
}
