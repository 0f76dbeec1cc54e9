using System.Text.Json;
using System.Text.RegularExpressions;
using Parley.Interop.Peers;
using Parley.Media;
using Parley.Net;

namespace Parley.Interop.Differential;

/// <summary>Asks Parley, as <c>verdicts.js</c> asks a browser.</summary>
public static partial class ParleyVerdicts
{
    // Without an address of ours nothing is ever sent to an address that a case names.
    private static readonly Platform NoAddresses = Platform.Default with
    {
        Network = new UdpNetwork(new UdpNetworkOptions { Include = _ => false, MulticastDns = false }),
    };

    /// <summary>The verdicts, in the order of the cases.</summary>
    public static async Task<CaseVerdict[]> AskAsync(IReadOnlyList<DifferentialCase> cases)
    {
        var verdicts = new CaseVerdict[cases.Count];
        await Parallel.ForAsync(0, cases.Count, async (at, _) => verdicts[at] = await AskAsync(cases[at]));
        return verdicts;
    }

    private static async Task<CaseVerdict> AskAsync(DifferentialCase asked)
    {
        var policy = Enum.Parse<BundlePolicy>(asked.Policy.Replace("-", "", StringComparison.Ordinal), ignoreCase: true);
        await using var connection = new PeerConnection(new PeerConnectionConfiguration { BundlePolicy = policy }, NoAddresses);
        string stage = "BEFORE-REFUSED";
        string before = "";
        try
        {
            Add(connection, asked.Offered);
            foreach ((int index, CaseStep step) in asked.Steps.Index())
            {
                bool last = index == asked.Steps.Count - 1 && asked.Candidate is null;
                if (last && asked.Then == "restart")
                {
                    connection.RestartIce();
                }
                else if (last)
                {
                    Add(connection, asked.Then);
                }

                if (step.Type != "offer" && connection.SignalingState == SignalingState.Stable)
                {
                    await connection.SetLocalDescriptionAsync().WaitAsync(Until.Limit);
                }

                stage = last ? "REFUSED" : stage;
                before = StateOf(connection);
                await connection.SetRemoteDescriptionAsync(Description(step, connection)).WaitAsync(Until.Limit);
                if (step.Type == "offer")
                {
                    stage = last ? "ANSWER-FAILED" : stage;
                    await connection.SetLocalDescriptionAsync().WaitAsync(Until.Limit);
                }
            }

            if (asked.Candidate is { } candidate)
            {
                stage = "REFUSED";
                before = StateOf(connection);
                await connection.AddIceCandidateAsync(Init(candidate)).WaitAsync(Until.Limit);
            }

            return await LivesAsync(connection) ?? new CaseVerdict("OK");
        }
        catch (Exception exception) when (exception is RtcException or ArgumentException)
        {
            string error = exception.Message.ReplaceLineEndings(" ");
            return stage == "REFUSED" && StateOf(connection) != before
                ? new CaseVerdict("HALF-APPLIED", $"{error}; before: {before}; after: {StateOf(connection)}")
                : await LivesAsync(connection) ?? new CaseVerdict(stage, error);
        }
        catch (Exception exception)
        {
            return new CaseVerdict("THREW", exception.ToString());
        }
    }

    /// <summary>A connection that answers is one whose loop still turns.</summary>
    private static async Task<CaseVerdict?> LivesAsync(PeerConnection connection)
    {
        await connection.GetStatsAsync().WaitAsync(Until.Limit);
        return connection.SignalingState == SignalingState.Closed ? new CaseVerdict("DIED") : null;
    }

    // Without the local description's text, to which gathering adds on its own.
    private static string StateOf(PeerConnection connection) =>
        $"{connection.SignalingState} local {connection.LocalDescription?.Type} remote "
        + $"{connection.RemoteDescription?.Sdp.GetHashCode(StringComparison.Ordinal)} "
        + string.Join(
            ", ", connection.GetTransceivers().Select(each =>
                $"{each.Mid} {each.Direction}/{each.CurrentDirection} {each.Receiver.Track.IsMuted}"));

    private static void Add(PeerConnection connection, string letters)
    {
        foreach (char letter in letters)
        {
            switch (letter)
            {
                case 'd':
                    connection.CreateDataChannel("data");
                    break;
                case 'S':
                    connection.AddTransceiver(
                        MediaKind.Video,
                        new RtpTransceiverInit { SendEncodings = [new() { Rid = "q" }, new() { Rid = "h" }, new() { Rid = "f" }] });
                    break;
                default:
                    connection.AddTransceiver(letter is 'v' or 'r' ? MediaKind.Video : MediaKind.Audio, new RtpTransceiverInit
                    {
                        Direction = letter switch
                        {
                            's' => RtpTransceiverDirection.SendOnly,
                            'r' or 'R' => RtpTransceiverDirection.RecvOnly,
                            'i' => RtpTransceiverDirection.Inactive,
                            _ => RtpTransceiverDirection.SendRecv,
                        },
                    });
                    break;
            }
        }
    }

    private static SessionDescription Description(CaseStep step, PeerConnection connection)
    {
        string offer = connection.LocalDescription?.Sdp ?? "";
        string sdp = step.Type == "offer" ? step.Sdp : ExtensionByName().Replace(step.Sdp, line => OfferedExtension().Matches(offer)
            .FirstOrDefault(each => each.Groups[2].Value == line.Groups[1].Value) is { } offered
                ? $"a=extmap:{offered.Groups[1]}{line.Groups[2]}"
                : "");
        return new SessionDescription(Enum.Parse<SdpType>(step.Type, ignoreCase: true), sdp);
    }

    private static IceCandidateInit? Init(JsonElement candidate)
    {
        if (candidate.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        string? Text(string member) => candidate.TryGetProperty(member, out JsonElement value) ? value.GetString() : null;
        ushort? index = candidate.TryGetProperty("sdpMLineIndex", out JsonElement number) && number.ValueKind == JsonValueKind.Number
            ? number.GetUInt16()
            : null;
        return new IceCandidateInit(Text("candidate") ?? "", Text("sdpMid"), index, Text("usernameFragment"));
    }

    [GeneratedRegex(@"a=extmap:\{([^}]*)\}(.*\r?\n?)")]
    private static partial Regex ExtensionByName();

    [GeneratedRegex(@"a=extmap:(\d+)\S* (\S+)")]
    private static partial Regex OfferedExtension();
}
