# A development aid: the page in WebKitGTK (MiniBrowser by WebDriver, under Xvfb). Prints what a chat of 10,000 messages costs there
# and takes a picture. Usage: xvfb-run -a python3 dev/webkit.py ADDRESS PICTURE
import base64, json, subprocess, sys, time, urllib.request

address, picture = sys.argv[1], sys.argv[2]
driver = subprocess.Popen(["WebKitWebDriver", "--port=4477"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

def call(method, path, body=None):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request("http://127.0.0.1:4477" + path, data=data, method=method, headers={"content-type": "application/json"})
    with urllib.request.urlopen(request, timeout=120) as answer:
        return json.load(answer)["value"]

try:
    for _ in range(100):
        try:
            call("GET", "/status")
            break
        except OSError:
            time.sleep(0.05)
    options = {"binary": "/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser", "args": ["--automation", "--geometry=1280x800"]}
    session = "/session/" + call("POST", "/session", {"capabilities": {"alwaysMatch": {"webkitgtk:browserOptions": options}}})["sessionId"]
    call("POST", session + "/timeouts", {"script": 110000})
    run = lambda script, *args: call("POST", session + "/execute/async", {"script": script, "args": list(args)})
    call("POST", session + "/url", {"url": address})
    wait = "const done=arguments[arguments.length-1], s=arguments[0], t=performance.now(); (function look(){document.querySelector(s)||performance.now()-t>20000?done(performance.now()-t):requestAnimationFrame(look)})()"
    print("composer after", run(wait, "[data-test=composer]"), "ms")
    run(wait, "[data-test=chat-row]")
    print("first content", run("location.hash='#/chat/long-10000';" + wait, "[data-test=answer]"), "ms")
    time.sleep(1)
    print(run("""const done=arguments[0];(async()=>{const f=()=>new Promise(r=>requestAnimationFrame(()=>r(performance.now())));const s=document.querySelector('[data-test=transcript]');
      s.dispatchEvent(new WheelEvent('wheel',{deltaY:-100}));let blank=0,worst=0,nodes=0,times=[],last=await f();
      for(let n=0;n<400;n++){s.scrollTop-=500;const now=await f();times.push(now-last);last=now;nodes=Math.max(nodes,document.querySelectorAll('*').length);
        const b=s.getBoundingClientRect();for(const y of [.1,.5,.9]){const h=document.elementFromPoint(b.left+b.width/2,b.top+b.height*y);if(h&&h.getAttribute('aria-hidden')==='true')blank++}}
      times.sort((a,b)=>a-b);done({blank,nodes,p50:times[200],p99:times[396],height:s.scrollHeight,rows:document.querySelectorAll('article').length})})()"""))
    call("POST", session + "/execute/sync", {"script": "document.querySelector('[data-test=to-end]').click()", "args": []})
    box = call("POST", session + "/element", {"using": "css selector", "value": "[data-test=composer]"})
    call("POST", session + "/element/" + list(box.values())[0] + "/value", {"text": "Show a long answer\ue007"})
    run(wait, "[data-test=stop]")
    print(run("""const done=arguments[0];(async()=>{const times=[];let last=performance.now();const end=last+8000;
      while(performance.now()<end&&document.querySelector('[data-test=stop]')){await new Promise(r=>requestAnimationFrame(r));const now=performance.now();times.push(now-last);last=now}
      times.sort((a,b)=>a-b);const s=document.querySelector('[data-test=transcript]');done({streamed:times.length,p50:times[times.length>>1],p99:times[Math.floor(times.length*.99)],gap:s.scrollHeight-s.scrollTop-s.clientHeight})})()"""))
    open(picture, "wb").write(base64.b64decode(call("GET", session + "/screenshot")))
    call("DELETE", session)
finally:
    driver.terminate()
