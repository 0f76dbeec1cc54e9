using Parley.Media;

namespace Parley.Tests.Transport;

/// <summary>The order of events and of what can be read while they are raised (webrtc-pc §4.4.1.3, §5.5, §5.6).</summary>
public class StateEventTests
{
    [Fact]
    public void Gathering_Whole_ShowsTheEndBeforeTheStateChangesAndNullLast()
    {
        var pair = new Pair();
        var seen = new List<string>();
        pair.Run(async () =>
        {
            var connection = pair.Alice;
            connection.AddTransceiver(MediaKind.Audio);
            await connection.SetLocalDescriptionAsync();
            var transport = connection.GetSenders()[0].Transport!.IceTransport;
            Assert.Equal((IceGatheringState.New, IceGatheringState.New), (transport.GatheringState, connection.IceGatheringState));
            transport.GatheringStateChanged += (_, _) =>
                seen.Add($"transport {transport.GatheringState}, connection {connection.IceGatheringState}");
            connection.IceGatheringStateChanged += (_, _) => seen.Add($"connection {connection.IceGatheringState}");
            connection.IceCandidateGathered += (_, args) =>
            {
                var hasEnd = connection.LocalDescription!.Sdp.Contains("a=end-of-candidates");
                seen.Add(
                    $"{(args.Candidate is null ? "null" : args.Candidate.Candidate.Length == 0 ? "end" : "candidate")} "
                    + $"while {connection.IceGatheringState}, in description {hasEnd}, listed {transport.GetLocalCandidates().Count}");
            };
            await pair.GatheredAsync(connection);
            await pair.Simulator.Delay(TimeSpan.FromMilliseconds(1));
        });
        Assert.Equal(
            [
                "transport Gathering, connection Gathering",
                "connection Gathering",
                "candidate while Gathering, in description False, listed 1",
                "end while Gathering, in description True, listed 1",
                "transport Complete, connection Complete",
                "connection Complete",
                "null while Complete, in description True, listed 1",
            ],
            seen);
    }

    [Fact]
    public void Selection_OfAPair_ComesWithTheStateInOneTaskAndBeforeIt()
    {
        var pair = new Pair();
        var seen = new List<string>();
        pair.Run(async () =>
        {
            pair.TrickleBothWays();
            var connection = pair.Alice;
            connection.AddTransceiver(MediaKind.Audio);
            await connection.SetLocalDescriptionAsync();
            var dtls = connection.GetSenders()[0].Transport!;
            var ice = dtls.IceTransport;
            ice.SelectedCandidatePairChanged += (_, _) => seen.Add($"pair while {ice.State}/{connection.IceConnectionState}");
            ice.StateChanged += (_, _) => seen.Add($"ice {ice.State}/{connection.IceConnectionState}/{connection.ConnectionState}");
            dtls.StateChanged += (_, _) => seen.Add($"dtls {dtls.State} while {connection.ConnectionState}");
            connection.IceConnectionStateChanged += (_, _) => seen.Add($"connection's ice {connection.IceConnectionState}");
            connection.ConnectionStateChanged += (_, _) => seen.Add($"connection {connection.ConnectionState}");
            await pair.Bob.SetRemoteDescriptionAsync(connection.LocalDescription!);
            await pair.Bob.SetLocalDescriptionAsync();
            await connection.SetRemoteDescriptionAsync(pair.Bob.LocalDescription!);
            await pair.ConnectedAsync();
        });
        Assert.Equal(
            [
                "ice Checking/Checking/Connecting",
                "connection's ice Checking",
                "connection Connecting",
                "pair while Connected/Connected",
                "ice Connected/Connected/Connecting",
                "connection's ice Connected",
                "dtls Connecting while Connecting",
                "dtls Connected while Connecting",
                "connection Connected",
            ],
            seen.Where(line => !line.Contains("Completed")));
    }

    [Fact]
    public void States_WithoutRemoteCandidates_StayNew()
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            pair.Alice.AddTransceiver(MediaKind.Audio);
            await Pair.NegotiateAsync(pair.Alice, pair.Bob);
            await pair.Simulator.Delay(TimeSpan.FromSeconds(2));
            var dtls = pair.Alice.GetSenders()[0].Transport!;
            Assert.Equal((IceTransportState.New, DtlsTransportState.New), (dtls.IceTransport.State, dtls.State));
            Assert.Equal((IceConnectionState.New, PeerConnectionState.New), (pair.Alice.IceConnectionState, pair.Alice.ConnectionState));
            Assert.Null(dtls.IceTransport.GetSelectedCandidatePair());
        });
    }

    [Fact]
    public void IceTransport_Connected_KnowsBothSidesByTheCandidatesTheUserSaw()
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            pair.TrickleBothWays();
            pair.Alice.AddTransceiver(MediaKind.Audio);
            await Pair.NegotiateAsync(pair.Alice, pair.Bob);
            await pair.ConnectedAsync();
            await pair.Simulator.Delay(TimeSpan.FromSeconds(1));
            var ice = pair.Alice.GetSenders()[0].Transport!.IceTransport;
            var selected = ice.GetSelectedCandidatePair()!;
            Assert.Same(Assert.Single(ice.GetLocalCandidates()), selected.Local);
            Assert.Same(Assert.Single(ice.GetRemoteCandidates()), selected.Remote);
            Assert.Equal(("0", (ushort?)0, "10.0.0.2"), (selected.Remote.SdpMid, selected.Remote.SdpMLineIndex, selected.Remote.Address));
            Assert.Equal((IceRole.Controlling, IceComponent.Rtp), (ice.Role, ice.Component));
            Assert.Contains($"a=ice-ufrag:{ice.GetLocalParameters()!.UsernameFragment}\r\n", pair.Alice.LocalDescription!.Sdp);
            Assert.Contains($"a=ice-pwd:{ice.GetRemoteParameters()!.Password}\r\n", pair.Alice.RemoteDescription!.Sdp);
            pair.Alice.Close();
            Assert.Null(ice.GetSelectedCandidatePair());
        });
    }

    [Fact]
    public void SelectedPair_RemoteFoundByACheckAlone_HidesItsAddress()
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            // Only Bob learns of the other side: Alice sees his checks come in.
            pair.Alice.IceCandidateGathered += async (_, args) =>
            {
                if (args.Candidate is { Candidate.Length: > 0 } candidate)
                {
                    await Pair.UntilAsync(pair.Bob, () => pair.Bob.RemoteDescription is not null);
                    await pair.Bob.AddIceCandidateAsync(candidate);
                }
            };
            pair.Alice.AddTransceiver(MediaKind.Audio);
            await Pair.NegotiateAsync(pair.Alice, pair.Bob);
            await pair.ConnectedAsync();
            var remote = pair.Alice.GetSenders()[0].Transport!.IceTransport.GetSelectedCandidatePair()!.Remote;
            Assert.Equal(("", null, IceCandidateType.PeerReflexive), (remote.Candidate, remote.Address, remote.Type!.Value));
            Assert.Empty(pair.Alice.GetSenders()[0].Transport!.IceTransport.GetRemoteCandidates());
        });
    }

    [Fact]
    public void Dtls_WrongFingerprint_FailsWithItsErrorBeforeTheStateChange()
    {
        var pair = new Pair();
        var seen = new List<string>();
        RtcError? error = null, other = null;
        pair.Run(async () =>
        {
            pair.TrickleBothWays();
            pair.Alice.AddTransceiver(MediaKind.Audio);
            await pair.Alice.SetLocalDescriptionAsync();
            var dtls = pair.Alice.GetSenders()[0].Transport!;
            dtls.ErrorOccurred += (_, args) => { error = args.Error; seen.Add($"error while {dtls.State}/{pair.Alice.ConnectionState}"); };
            dtls.StateChanged += (_, _) => seen.Add($"dtls {dtls.State}");
            pair.Alice.ConnectionStateChanged += (_, _) => seen.Add($"connection {pair.Alice.ConnectionState}");
            await pair.Bob.SetRemoteDescriptionAsync(pair.Alice.LocalDescription!);
            await pair.Bob.SetLocalDescriptionAsync();
            pair.Bob.GetReceivers()[0].Transport!.ErrorOccurred += (_, args) => other = args.Error;
            var answer = pair.Bob.LocalDescription!;
            var line = answer.Sdp.Split("\r\n").First(text => text.StartsWith("a=fingerprint:", StringComparison.Ordinal));
            var wrong = line[..^2] + (line.EndsWith("00", StringComparison.Ordinal) ? "01" : "00");
            await pair.Alice.SetRemoteDescriptionAsync(answer with { Sdp = answer.Sdp.Replace(line, wrong) });
            await Pair.UntilAsync(pair.Alice, () => pair.Alice.ConnectionState == PeerConnectionState.Failed);
            await Pair.UntilAsync(pair.Bob, () => pair.Bob.ConnectionState == PeerConnectionState.Failed);
            Assert.Empty(dtls.GetRemoteCertificates());
        });
        Assert.Equal(
            ["connection Connecting", "dtls Connecting", "error while Failed/Connecting", "dtls Failed", "connection Failed"], seen);
        Assert.Equal(
            (RtcErrorDetail.FingerprintFailure, null, null, RtcErrorNames.OperationError),
            (error!.ErrorDetail, error.SentAlert, error.ReceivedAlert, error.Name));
        Assert.Equal((RtcErrorDetail.DtlsFailure, 42, null), (other!.ErrorDetail, other.ReceivedAlert, other.SentAlert));
    }
}
